// A system on Node that logs people in with openid-client. Talks in lines of JSON: it tells the address to visit, is told where
// the browser was led back to, and tells what it learnt; the same for logging out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [folder, issuer, clientId, secret, back, left] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const client = await import(pathToFileURL(require.resolve("openid-client")));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const tell = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const hear = async () => JSON.parse((await lines.next()).value);

const config = await client.discovery(new URL(issuer), clientId, secret, undefined, { execute: [client.allowInsecureRequests] });
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const visit = client.buildAuthorizationUrl(config, {
  redirect_uri: back, scope: "openid profile", state, nonce, max_age: "3600",
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
});
tell({ visit: visit.href });
const led = await hear();
const tokens = await client.authorizationCodeGrant(config, new URL(led.back), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: 3600, idTokenExpected: true,
});
const claims = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
const seen = await client.tokenIntrospection(config, fresh.access_token);
tell({ claims, person, active: seen.active });
await hear();
const bye = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: left, state: "bye" });
tell({ visit: bye.href });
await hear();
const after = await client.tokenIntrospection(config, fresh.access_token);
await client.tokenRevocation(config, fresh.refresh_token);
tell({ active: after.active });
process.exit(0);
