/** What filters can be written as: UCAST trees of the given reach, or SQL conditions of the given dialect. */
export type FilterTarget =
  | { readonly target: 'ucast'; readonly dialect: 'all' | 'minimal' | 'prisma' | 'linq' }
  | { readonly target: 'sql'; readonly dialect: SqlDialect };
export type SqlDialect = 'postgresql' | 'mysql' | 'sqlserver' | 'sqlite';

type Feature = 'not' | 'field-ref' | 'existence-ref';

const comparisons = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte'];
const withMember = [...comparisons, 'internal.member_2'];
const withTexts = [...withMember, 'startswith', 'endswith', 'contains'];

interface Reach {
  readonly name: string;
  readonly builtins: ReadonlySet<string>;
  readonly features: ReadonlySet<Feature>;
}

function reach(name: string, builtins: readonly string[], ...features: readonly Feature[]): Reach {
  return { name, builtins: new Set(builtins), features: new Set(features) };
}

const sql = ['not', 'field-ref', 'existence-ref'] as const;

const reaches = {
  ucast: {
    all: reach('UCAST (all)', withTexts, 'not', 'field-ref'),
    prisma: reach('UCAST (prisma)', withTexts, 'not', 'existence-ref'),
    linq: reach('UCAST (LINQ)', withMember),
    minimal: reach('UCAST', comparisons),
  },
  sql: {
    postgresql: reach('SQL (postgresql)', withTexts, ...sql),
    mysql: reach('SQL (mysql)', withTexts, ...sql),
    sqlserver: reach('SQL (sqlserver)', withTexts, ...sql),
    sqlite: reach('SQL (sqlite)', withMember, ...sql),
  },
} as const;

function reachOf(target: FilterTarget): Reach {
  return target.target === 'ucast' ? reaches.ucast[target.dialect] : reaches.sql[target.dialect];
}

/** Why some target lacks the built-in: a line for each; undefined where all have it. */
export function lacksBuiltin(targets: readonly FilterTarget[], name: string): string | undefined {
  return lines(
    targets,
    ({ builtins }) => !builtins.has(name),
    ({ name: target }) => `unsupported for ${target}`,
  );
}

export function lacksFeature(targets: readonly FilterTarget[], feature: Feature): string | undefined {
  return lines(
    targets,
    ({ features }) => !features.has(feature),
    ({ name }) => `unsupported feature "${feature}" for ${name}`,
  );
}

function lines(
  targets: readonly FilterTarget[],
  lacks: (reach: Reach) => boolean,
  text: (reach: Reach) => string,
): string | undefined {
  const found = targets.map(reachOf).filter(lacks).map(text);
  return found.length === 0 ? undefined : found.join('\n');
}
