/** What a command asks of a package manager. */
export interface PackageCommand {
  /** Family: `apt`, `apk`, `dnf`, `yum`, `zypper`, `pacman`, `pip`, `npm`, `yarn`, `gem`, `go`. */
  readonly manager: string;
  /** `install`, `update` (the index), `upgrade`, `dist-upgrade`, `clean`, `remove`, or what was written. */
  readonly action: string;
  readonly packages: readonly PackageWord[];
}

/** A package named on a command line; files, addresses and bare variables are none. */
export interface PackageWord {
  readonly name: string;
  /** True when the word fixes a version. */
  readonly pinned: boolean;
  /** Index among the command's words. */
  readonly word: number;
}

interface Manager {
  readonly family: string;
  readonly actions: Readonly<Record<string, string>>;
  /** Options whose value is the next word. */
  readonly values: ReadonlySet<string>;
  readonly isPinned: (word: string) => boolean;
  /** `npm config set`: the action may have this many words. */
  readonly prefixes?: ReadonlySet<string>;
}

const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const hasEquals = (word: string) => /[=<>~]/.test(word);
/** An RPM's name-version: a hyphen before a digit or a variable. */
const hasRpmVersion = (word: string) => /-(?:\d|\$)/.test(word) || word.includes('=');
/** A constraint that fixes one version: `==`, `===`, `=`, `~=`, `@`. */
const hasPipVersion = (word: string) => /(?:^|[^<>!=~])={1,3}[^=]|~=|@/.test(word);
const hasNpmVersion = (word: string) =>
  /^(?:@[^/@]+\/)?[^@]+@(?!latest$|next$).+/.test(word) || word.includes('#');

const apt: Manager = {
  family: 'apt',
  actions: {
    install: 'install',
    reinstall: 'install',
    'build-dep': 'build-dep',
    update: 'update',
    upgrade: 'upgrade',
    'safe-upgrade': 'upgrade',
    'dist-upgrade': 'dist-upgrade',
    'full-upgrade': 'dist-upgrade',
    clean: 'clean',
    autoclean: 'autoclean',
    remove: 'remove',
    purge: 'remove',
    autoremove: 'remove',
  },
  values: list('-t --target-release --default-release -o --option -c --config-file -a --host-architecture'),
  isPinned: (word) => word.includes('='),
};

const dnfActions = {
  install: 'install',
  in: 'install',
  localinstall: 'install',
  reinstall: 'install',
  groupinstall: 'groupinstall',
  update: 'upgrade',
  upgrade: 'upgrade',
  up: 'upgrade',
  makecache: 'update',
  'check-update': 'update',
  clean: 'clean',
  remove: 'remove',
  erase: 'remove',
  'config-manager': 'config-manager',
};
const dnfValues = list(
  '-c --config -x --exclude --enablerepo --disablerepo --repo --releasever --installroot -d -e -R',
);
const dnf: Manager = { family: 'dnf', actions: dnfActions, values: dnfValues, isPinned: hasRpmVersion };

const managers: ReadonlyMap<string, Manager> = new Map<string, Manager>([
  ['apt-get', apt],
  ['apt', apt],
  ['aptitude', apt],
  ['dnf', dnf],
  ['dnf5', dnf],
  ['microdnf', dnf],
  ['tdnf', dnf],
  ['yum', { ...dnf, family: 'yum' }],
  [
    'apk',
    {
      family: 'apk',
      actions: {
        add: 'install',
        update: 'update',
        upgrade: 'upgrade',
        del: 'remove',
        cache: 'cache',
        fix: 'fix',
      },
      values: list(
        '-t --virtual -X --repository -p --root --keys-dir --repositories-file --wait --arch --cache-dir --cache-max-age',
      ),
      isPinned: hasEquals,
    },
  ],
  [
    'zypper',
    {
      family: 'zypper',
      actions: {
        install: 'install',
        in: 'install',
        refresh: 'update',
        ref: 'update',
        update: 'upgrade',
        up: 'upgrade',
        patch: 'upgrade',
        'dist-upgrade': 'dist-upgrade',
        dup: 'dist-upgrade',
        clean: 'clean',
        cc: 'clean',
        remove: 'remove',
        rm: 'remove',
      },
      values: list('--from -t --type -r --repo -R --root --plus-repo -p --gpg-auto-import'),
      isPinned: hasEquals,
    },
  ],
  ['pip', pip()],
  ['pip2', pip()],
  ['pip3', pip()],
  [
    'npm',
    {
      family: 'npm',
      actions: {
        install: 'install',
        i: 'install',
        add: 'install',
        ci: 'ci',
        cache: 'cache',
        config: 'config',
        set: 'config',
      },
      values: list(
        '--prefix --registry --loglevel --cache --userconfig -w --workspace --omit --include --tag -C',
      ),
      isPinned: hasNpmVersion,
    },
  ],
  [
    'yarn',
    {
      family: 'yarn',
      actions: { add: 'install', install: 'ci', cache: 'cache', config: 'config', set: 'config' },
      values: list('--cwd --registry --modules-folder --cache-folder'),
      isPinned: hasNpmVersion,
      prefixes: list('global'),
    },
  ],
  [
    'gem',
    {
      family: 'gem',
      actions: { install: 'install', i: 'install', update: 'upgrade' },
      values: list(
        '-i --install-dir -n --bindir -P --trust-policy -s --source --document -v --version --platform',
      ),
      isPinned: (word) => word.includes(':'),
    },
  ],
  [
    'go',
    {
      family: 'go',
      actions: { install: 'install', get: 'get' },
      values: list('-o -p -ldflags -tags -gcflags -mod -modfile'),
      isPinned: (word) => !word.includes('.') || /@(?!latest$).+/.test(word),
    },
  ],
]);

function pip(): Manager {
  return {
    family: 'pip',
    actions: { install: 'install', download: 'download', uninstall: 'remove', config: 'config' },
    values: list(
      `-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links
       --trusted-host --prefix --root --src --platform --python-version --abi --implementation --progress-bar
       --cache-dir --proxy --timeout --retries --cert --client-cert --global-option --install-option -C
       --config-settings --no-binary --only-binary --upgrade-strategy --log --python --report --group`,
    ),
    isPinned: hasPipVersion,
  };
}

/**
 * Recognises a package manager's command. `start` is the index of the command proper in `words`.
 * `python -m pip` counts as pip.
 */
export function packageCommand(
  name: string,
  words: readonly string[],
  start: number,
): PackageCommand | undefined {
  if (name === 'pacman') return pacman(words, start);
  if (/^python[\d.]*$/.test(name)) {
    const module = words.indexOf('-m', start + 1);
    if (module < 0 || !/^pip[\d.]*$/.test(words[module + 1] ?? '')) return undefined;
    return read(pip(), words, module + 2);
  }
  const manager = managers.get(/^pip[\d.]+$/.test(name) ? 'pip3' : name);
  return manager === undefined ? undefined : read(manager, words, start + 1);
}

function read(manager: Manager, words: readonly string[], from: number): PackageCommand {
  let action = '';
  const packages: PackageWord[] = [];
  let versioned = false;
  for (let at = from; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word.startsWith('-')) {
      versioned ||= manager.family === 'gem' && /^(?:-v|--version)/.test(word);
      if (manager.values.has(word)) at++;
    } else if (action === '') {
      if (!manager.prefixes?.has(word))
        action = Object.hasOwn(manager.actions, word) ? (manager.actions[word] ?? word) : word;
    } else if (isPackage(word, manager)) {
      packages.push({ name: word, pinned: manager.isPinned(word), word: at });
    }
  }
  const named = action === 'install' || action === 'get' ? packages : [];
  return {
    manager: manager.family,
    action,
    packages: versioned ? named.map((item) => ({ ...item, pinned: true })) : named,
  };
}

/** False for files, addresses, groups and words that are only a variable: what they name is not known here. */
function isPackage(word: string, manager: Manager): boolean {
  if (word === '' || word === '.' || /^(?:[./~@$`{]|\w+:\/\/|git\+)/.test(word)) {
    return (
      word.startsWith('@') && (manager.family === 'npm' || manager.family === 'yarn') && word.includes('/')
    );
  }
  if (manager.family === 'go') return true;
  return (
    !/\.(?:deb|rpm|apk|whl|tgz|gem|zip|tar\.gz)$/.test(word) &&
    !word.includes('://') &&
    !/^[\w.-]+\/$/.test(word)
  );
}

/** `pacman -Syu`, `-S x`, `-Sc`, `-R x`. */
function pacman(words: readonly string[], start: number): PackageCommand {
  const rest = words.slice(start + 1);
  const operation = rest.find((word) => /^-[SRUQ]/.test(word)) ?? '';
  const packages = rest.flatMap((word, i) =>
    word.startsWith('-') || /^[./$]/.test(word)
      ? []
      : [{ name: word, pinned: word.includes('='), word: start + 1 + i }],
  );
  if (operation.startsWith('-S') && operation.includes('c'))
    return { manager: 'pacman', action: 'clean', packages: [] };
  if (operation.startsWith('-S') && packages.length > 0)
    return { manager: 'pacman', action: 'install', packages };
  const action = operation.startsWith('-Sy') ? 'update' : operation.startsWith('-R') ? 'remove' : operation;
  return { manager: 'pacman', action, packages: [] };
}
