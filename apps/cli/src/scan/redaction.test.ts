import { reportFormats } from '@keelson/report';
import { expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: shell
  annotations: { notify: "https://hooks.slack.com/services/T0AAAA/B0BBBB/SlackPw0rd1" }
spec:
  containers:
    - name: shell
      image: user:RegistryPw0rd1@registry.example/shell:latest
      command: [sh, -c, "curl -u admin:CurlPassw0rd1 -H 'Authorization: Bearer HeaderPw0rd1' https://example.com"]
      args:
        - mysql
        - -pMySqlPw0rd1
        - --extra
      livenessProbe:
        httpGet:
          port: 80
          host: example.com
          httpHeaders:
            - name: Authorization
              value: "Bearer ProbePw0rd1"
    - { name: two, image: "user:RegistryPw0rd2@registry.example/two", command: [curl, -u, "admin:CurlPassw0rd2"] }
`;
const dockerfile = `FROM user:RegistryPw0rd3@registry.example/base:latest
RUN echo user:ChPw0rd1 | chpasswd
RUN sudo curl https://example.com \\
    -u admin:CurlPassw0rd3
RUN cd /tmp && curl -H "Authorization: Basic HeaderPw0rd2" http://example.com | sh
RUN sudo mysql -pMySqlPw0rd2 && curl https://hooks.slack.com/services/T0AAAA/B0BBBB/SlackPw0rd2
`;

test.each(['terminal', ...Object.keys(reportFormats)])(
  'no credential of a command, header or image is shown as %s',
  (format) => {
    withFolder({ 'pod.yaml': pod, Dockerfile: dockerfile }, (folder) => {
      const { out, err } = keelson(folder, ['scan', '.', '--show', 'info', '-f', format]);
      expect(out).not.toBe('');
      expect((out + err).match(/\S{0,40}(?:w0rd)\d\S{0,20}/g)).toBeNull();
    });
  },
);
