import type { Script } from 'node:vm';

interface LoadedModule {
  exports: unknown;
}

type ModuleFunction = (
  exports: unknown,
  require: (name: string) => unknown,
  module: LoadedModule,
  filename: string,
  folder: string,
) => void;

/** Where the compiled code of a module of the bundle stands: beside it. */
export function codeFileOf(file: string): string {
  return `${file}.code`;
}

/**
 * Loads the CommonJS modules of the bundle. The build leaves each one's compiled code beside it, made after runs of
 * the command, so that it holds the functions that a run needs; Node's own compile cache holds what a module is right after
 * it was compiled, when hardly any function is. Code of another V8 is refused by V8, and the module compiled as ever.
 */
export class ModuleLoader {
  // Taken here and not on top: `keelson --version` needs none of them.
  readonly #fs = process.getBuiltinModule('node:fs');
  readonly #path = process.getBuiltinModule('node:path');
  readonly #vm = process.getBuiltinModule('node:vm');
  readonly #modules = new Map<string, LoadedModule>();
  /** By file, what was compiled. */
  readonly scripts = new Map<string, Script>();

  readonly #compiledOne: () => void;

  /** @param compiledOne is called when a module has been compiled. */
  constructor(compiledOne: () => void = () => undefined) {
    this.#compiledOne = compiledOne;
  }

  /** What a module exports; it runs once. */
  load(file: string): unknown {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module: LoadedModule = { exports: {} };
    this.#modules.set(file, module);
    const folder = this.#path.dirname(file);
    const require = (name: string) =>
      name.startsWith('.')
        ? this.load(this.#path.join(folder, name))
        : process.getBuiltinModule('node:module').createRequire(file)(name);
    this.#compiled(file)(module.exports, require, module, file, folder);
    return module.exports;
  }

  #compiled(file: string): ModuleFunction {
    const code = this.#codeOf(file);
    const script = new this.#vm.Script(
      `(function(exports,require,module,__filename,__dirname){${this.#fs.readFileSync(file, 'utf8')}\n})`,
      {
        filename: file,
        importModuleDynamically: this.#vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        ...(code === undefined ? {} : { cachedData: code }),
      },
    );
    this.scripts.set(file, script);
    this.#compiledOne();
    return script.runInThisContext();
  }

  #codeOf(file: string): Buffer | undefined {
    try {
      return this.#fs.readFileSync(codeFileOf(file));
    } catch {
      return undefined;
    }
  }
}
