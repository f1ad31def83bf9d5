/** A format and base fields → the `Log` port on stderr: JSON lines by pino, or short lines for people. */
import type { Log, LogFields, LogFormat, Terminal } from '../ports.ts';
import { visible } from '../visible.ts';
import { LineWriter } from './line-writer.ts';

export interface OpenedLog extends Log {
  /** Writes what waits before it returns; for the end of the process. */
  flush(): void;
}

/** `json`: one object a line, ISO time, level by name. `pretty`: time, message and its own fields. `off`: warnings and errors as text. */
export async function openLog(format: LogFormat, fields: LogFields, terminal: Terminal): Promise<OpenedLog> {
  if (format !== 'json') return { ...textLog(format === 'off', terminal), flush: () => {} };
  const { pino } = await import('pino');
  const writer = new LineWriter({
    fd: 2,
    onDropped: (lines) =>
      `${JSON.stringify({ level: 'warn', ...fields, lines, message: 'log lines were lost: their reader is too slow' })}\n`,
  });
  const root = pino(
    {
      base: fields,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    writer,
  );
  return { ...pinoLog(root), flush: () => writer.flush() };
}

interface PinoLike {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): PinoLike;
}

function pinoLog(logger: PinoLike): Log {
  return {
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    child: (fields) => pinoLog(logger.child(fields)),
  };
}

function textLog(isOff: boolean, terminal: Terminal, model?: string): Log {
  const line = (message: string, fields: LogFields = {}): string => {
    const own = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
    return visible(`${model === undefined ? '' : `${model}: `}${message}${own.join('')}`);
  };
  return {
    info: (message, fields) => {
      if (!isOff) terminal.info(`${timeOfDay()} ${line(message, fields)}`);
    },
    warn: (message, fields) => terminal.warn(line(message, fields)),
    error: (message, fields) => terminal.error(`error: ${line(message, fields)}`),
    child: (fields) => textLog(isOff, terminal, typeof fields.model === 'string' ? fields.model : model),
  };
}

/** Local time: these lines are read where they are written. */
function timeOfDay(): string {
  const now = new Date();
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(now.getHours())}:${part(now.getMinutes())}:${part(now.getSeconds())}`;
}
