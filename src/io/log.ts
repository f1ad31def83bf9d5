/** A format and base fields → the `Log` port on stderr: JSON lines by pino, or short lines for people. */
import type { Log, LogFields, Terminal } from '../ports.ts';
import { visible } from '../visible.ts';

/** `json`: one object a line, ISO time, level by name. `text`: the message and its own fields. `off`: warnings and errors as text. */
export async function openLog(format: 'json' | 'text' | 'off', fields: LogFields, terminal: Terminal): Promise<Log> {
  if (format !== 'json') return textLog(format === 'off', terminal);
  const { pino } = await import('pino');
  const root = pino(
    {
      base: fields,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
  return pinoLog(root);
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
      if (!isOff) terminal.info(line(message, fields));
    },
    warn: (message, fields) => terminal.warn(line(message, fields)),
    error: (message, fields) => terminal.error(`error: ${line(message, fields)}`),
    child: (fields) => textLog(isOff, terminal, typeof fields.model === 'string' ? fields.model : model),
  };
}
