/** An answer of the registry that says what is wrong (distribution-spec 1.1, "Error Codes"). */
export class RegistryFault extends Error {
  readonly status: number;
  /** As `BLOB_UNKNOWN`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RegistryFault';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
