/** The port to what the program runs on. Types only. */

export interface Machine {
  /** Version of Node: `20.20.2`. */
  readonly node: string;
  /** As Node names them: `linux/x64`. */
  readonly platform: string;
  /** Loads the native library → its version: files that are there may still lack a library of the system. Throws RUNTIME_UNSUPPORTED. */
  loadRuntime(): Promise<string>;
  /** Of this process, since the runtime was loaded. */
  isTelemetryOff(): boolean;
  /** What may still be written to the disk of a folder. */
  freeBytes(folder: string): Promise<number>;
  /** Throws PORT_IN_USE with who has it, and CONFIG_INVALID where the address cannot be listened on. */
  tryPort(address: { readonly host: string; readonly port: number }): Promise<void>;
}
