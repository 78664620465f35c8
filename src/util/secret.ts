/** What every printing of a secret shows. */
const SHOWN = '[secret]';

/**
 * A secret that cannot reach a log by accident: printing, JSON and inspection show `[secret]`, and the value lies
 * in a private field that no serializer walks. Only `reveal()` gives it, where it is used.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  // The symbol that console.log, assert and pino's formatters ask for; by name, so that util needs no node:util.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }
}
