import type { HttpClient } from '@keelson/http';
import { SigstoreError } from './errors.ts';
import { answerFields, below, bodyOf } from './exchange.ts';

/** For whom tokens are made out: Fulcio takes no others. */
const audience = 'sigstore';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The identity token that the surroundings offer: `SIGSTORE_ID_TOKEN` (GitLab CI writes it where it is told to), or one that GitHub
 * Actions makes out to a job with `id-token: write`.
 *
 * @throws SigstoreError IDENTITY_TOKEN_MISSING, SIGSTORE_REFUSED, SIGSTORE_ANSWER_INVALID; HttpError
 */
export async function ambientToken(
  http: HttpClient,
  environment: Environment = process.env,
): Promise<string> {
  const { SIGSTORE_ID_TOKEN: given = '' } = environment;
  if (given !== '') return given;
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } =
    environment;
  if (address === '' || bearer === '')
    throw new SigstoreError(
      'IDENTITY_TOKEN_MISSING',
      'no identity token: give one, set SIGSTORE_ID_TOKEN, or let a job of GitHub Actions have id-token: write',
    );
  const url = below(address, '');
  url.searchParams.set('audience', audience);
  const answer = await http.send({ url, authorization: `bearer ${bearer}` });
  return answerFields(await bodyOf(answer, url, bearer), 'the answer of GitHub Actions').text('value');
}
