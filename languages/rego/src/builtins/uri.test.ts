import { describe } from 'vitest';
import { testCalls } from './testing/cases.ts';

// Results as the opa program gives them, version 1.22.2.
describe('uri', () => {
  testCalls([
    [
      'uri.parse("https://u:p@example.com:8080/a%20b/c?q=1&r=%zz#f%41")',
      '{"fragment": "fA", "hostname": "example.com", "path": "/a b/c", "port": "8080", "raw_path": "/a b/c", "raw_query": "q=1&r=%zz", "scheme": "https"}',
    ],
    ['uri.parse("http://[::1]:80")', '{"hostname": "::1", "port": "80", "scheme": "http"}'],
    [
      'uri.parse("http://[fe80::1%25en0]/")',
      '{"hostname": "fe80::1%en0", "path": "/", "raw_path": "/", "scheme": "http"}',
    ],
    ['uri.parse("http://[1.2.3.4]/")', 'eval_builtin_error: parse "http://[1.2.3.4]/": invalid IP-literal'],
    ['uri.parse("http://[::1")', 'eval_builtin_error: parse "http://[::1": missing \']\' in host'],
    ['uri.parse("mailto:a@b")', '{"scheme": "mailto"}'],
    ['uri.parse("/a%2Fb")', '{"path": "/a/b", "raw_path": "/a%2Fb"}'],
    ['uri.parse("//host/x")', '{"hostname": "host", "path": "/x", "raw_path": "/x"}'],
    ['uri.parse("a/b?c#d")', '{"fragment": "d", "path": "a/b", "raw_path": "a/b", "raw_query": "c"}'],
    ['uri.parse("")', '{}'],
    ['uri.parse("*")', '{"path": "*", "raw_path": "*"}'],
    ['uri.parse(":x")', 'eval_builtin_error: parse ":x": missing protocol scheme'],
    ['uri.parse("1a:b")', 'eval_builtin_error: parse "1a:b": first path segment in URL cannot contain colon'],
    [
      'uri.parse("http://a b/")',
      'eval_builtin_error: parse "http://a b/": invalid character " " in host name',
    ],
    ['uri.parse("http://h:8x/")', 'eval_builtin_error: parse "http://h:8x/": invalid port ":8x" after host'],
    ['uri.parse("http://h%41/")', 'eval_builtin_error: parse "http://h%41/": invalid URL escape "%41"'],
    ['uri.parse("http://a/%zz")', 'eval_builtin_error: parse "http://a/%zz": invalid URL escape "%zz"'],
    [
      'uri.parse("http://a/\\u007f")',
      'eval_builtin_error: parse "http://a/\\x7f": net/url: invalid control character in URL',
    ],
    ['uri.parse("http://é/é")', '{"hostname": "é", "path": "/é", "raw_path": "/é", "scheme": "http"}'],
    [
      'uri.parse("http://u@[x]/")',
      'eval_builtin_error: parse "http://u@[x]/": invalid host: ParseAddr("x"): unable to parse IP',
    ],
    [
      'uri.parse("HTTP://a:b:c/")',
      'eval_builtin_error: parse "HTTP://a:b:c/": invalid port ":b:c" after host',
    ],
    [
      'uri.parse("ftp://a:b:1/")',
      '{"hostname": "a:b", "path": "/", "port": "1", "raw_path": "/", "scheme": "ftp"}',
    ],
    ['uri.is_valid("https://example.com")', 'true'],
    ['uri.is_valid("")', 'false'],
    ['uri.is_valid("http://%zz")', 'false'],
    ['uri.is_valid(1)', 'false'],
  ]);
});
