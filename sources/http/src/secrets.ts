/** What no message may show, and how a service could give it back: as it is, in a URL, in a form, in JSON. */
export class Secrets {
  readonly #forms = new Set<string>();

  /** Remembers a secret, and gives it back. */
  keep(secret: string): string {
    const forms = [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of forms) if (form !== '') this.#forms.add(form);
    return secret;
  }

  /** The text without any secret. */
  hide(text: string): string {
    // A secret may stand within another: the longest goes first.
    const forms = [...this.#forms].sort((a, b) => b.length - a.length);
    return forms.reduce((left, form) => left.replaceAll(form, '…'), text);
  }
}
