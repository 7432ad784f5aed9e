import { expect, test } from 'vitest';
import { foreignIdForm } from './foreign-id.ts';

test.each([
  ['AVD-KSV-0017', 'KSV17'],
  ['avd-ksv-0017', 'KSV17'],
  ['KSV-0017', 'KSV17'],
  ['KSV017', 'KSV17'],
  ['AVD-DS-0002', 'DS2'],
  ['DS002', 'DS2'],
  ['C-0026', 'C26'],
  ['DL3006', 'DL3006'],
  ['CKV_K8S_16', 'CKV_K8S_16'],
  ['privileged-container', 'privileged-container'],
  ['KSV-0000', 'KSV-0000'],
  ['', ''],
])('%s is %s', (id, form) => expect(foreignIdForm(id)).toBe(form));
