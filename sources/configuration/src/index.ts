export { type ConfigurationErrorCode, configurationErrorCodes } from './error.ts';
export { type ConfigurationLimits, defaultConfigurationLimits } from './limits.ts';
export { type ConfigurationParser, configurationParsers, parserFor, parserOf } from './parser.ts';
export type { Locate } from './places.ts';
export {
  type Configuration,
  type ConfigurationDocument,
  type ConfigurationOptions,
  readConfiguration,
} from './read.ts';
