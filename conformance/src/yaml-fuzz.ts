import { type Suite, Tally } from './suite.ts';

export const suite: Suite = {
  name: 'yaml-fuzz',
  isGenerated: true,
  async run() {
    return new Tally();
  },
};
