/** The code flow with PKCE, as a public client. Verifier and state are kept until the redirect is over. */

import * as oauth from "oauth4webapi";
import { configuration, type SignInConfiguration } from "../configuration";

const PENDING = "reinvite.sign-in";
export const CALLBACK_PATH = "/console/signed-in";

interface PendingSignIn {
  verifier: string;
  state: string;
  /** The address to return to. */
  returnTo: string;
}

/** Tokens, as the page keeps them: in memory only. */
export interface Tokens {
  /** The token that the API takes. */
  token: string;
  refreshToken: string | undefined;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

function server(config: SignInConfiguration): oauth.AuthorizationServer {
  return {
    issuer: config.issuer,
    authorization_endpoint: config.authorizationEndpoint,
    token_endpoint: config.tokenEndpoint,
  };
}

/** Only a local stack has a token endpoint without TLS. */
function requestOptions(config: SignInConfiguration) {
  const isInsecure = config.tokenEndpoint.startsWith("http://");
  return isInsecure ? { [oauth.allowInsecureRequests]: true } : {};
}

function redirectUri(): string {
  return location.origin + CALLBACK_PATH;
}

/** Leaves the page for the sign-in page, which sends the operator back to where they are now. */
export async function leaveToSignIn(
  config: SignInConfiguration,
  uiLanguage: string,
): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const isCallback = location.pathname === CALLBACK_PATH;
  const pending: PendingSignIn = {
    verifier,
    state: oauth.generateRandomState(),
    returnTo: isCallback ? "/" : location.pathname + location.search,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));

  const address = new URL(config.authorizationEndpoint);
  const query = {
    response_type: "code",
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: config.scope,
    state: pending.state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ui_locales: uiLanguage,
    lang: uiLanguage,
  };
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
  location.assign(address);
}

function tokensOf(
  config: SignInConfiguration,
  answer: oauth.TokenEndpointResponse,
  refresh?: string,
): Tokens {
  const token = config.token === "id" ? answer.id_token : answer.access_token;
  if (!token) throw new Error("the token endpoint answered no token for the API");
  return {
    token,
    refreshToken: answer.refresh_token ?? refresh,
    expiresAt: Date.now() + (answer.expires_in ?? 3600) * 1000,
  };
}

/** Ends the redirect: changes the code of the address for tokens. */
export async function finishSignIn(): Promise<{ tokens: Tokens; returnTo: string }> {
  const config = configuration.signIn;
  const stored = sessionStorage.getItem(PENDING);
  if (!config || !stored) throw new Error("no sign-in is under way");
  sessionStorage.removeItem(PENDING);
  const pending: PendingSignIn = JSON.parse(stored);

  const client: oauth.Client = { client_id: config.clientId };
  const parameters = oauth.validateAuthResponse(
    server(config),
    client,
    new URL(location.href),
    pending.state,
  );
  const response = await oauth.authorizationCodeGrantRequest(
    server(config),
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    pending.verifier,
    requestOptions(config),
  );
  const answer = await oauth.processAuthorizationCodeResponse(server(config), client, response);
  return { tokens: tokensOf(config, answer), returnTo: pending.returnTo };
}

/** New tokens for a refresh token. `undefined` if the issuer refuses it for good. */
export async function renew(refreshToken: string): Promise<Tokens | undefined> {
  const config = configuration.signIn;
  if (!config) return undefined;

  const client: oauth.Client = { client_id: config.clientId };
  const response = await oauth.refreshTokenGrantRequest(
    server(config),
    client,
    oauth.None(),
    refreshToken,
    requestOptions(config),
  );
  try {
    const answer = await oauth.processRefreshTokenResponse(server(config), client, response);
    return tokensOf(config, answer, refreshToken);
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.status < 500) return undefined;
    throw error;
  }
}
