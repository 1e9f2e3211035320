/** The operator's session: tokens in memory, one renewal at a time, and who the operator is. */

import { signal } from "@preact/signals";
import { NoAnswerError, SignedOutError } from "../api/errors";
import { configuration } from "../configuration";
import { language } from "../i18n/messages";
import { CALLBACK_PATH, finishSignIn, leaveToSignIn, renew, type Tokens } from "./sign_in";

export type SessionState =
  | "starting"
  | "signed-in"
  /** The operator signed out. */
  | "signed-out"
  /** The sign-in ended by itself. Input is kept until the operator has signed in again. */
  | "expired"
  /** The sign-in page sent the operator back without a code. */
  | "failed"
  | "unconfigured";

export const session = signal<SessionState>("starting");

const SIGNED_OUT = "reinvite.signed-out";

/** Tokens are renewed this long before they expire. */
const RENEW_BEFORE = 60_000;

let tokens: Tokens | undefined;
let renewal: Promise<string> | undefined;

/** Signs the operator in, or ends a sign-in that is under way. Answers whether the operator is signed in. */
export async function start(): Promise<boolean> {
  if (!configuration.signIn) {
    session.value = "unconfigured";
    return false;
  }
  if (location.pathname === CALLBACK_PATH) {
    try {
      const finished = await finishSignIn();
      tokens = finished.tokens;
      history.replaceState(null, "", finished.returnTo);
      session.value = "signed-in";
      return true;
    } catch (error) {
      console.error(error);
      session.value = "failed";
      return false;
    }
  }
  if (sessionStorage.getItem(SIGNED_OUT)) {
    session.value = "signed-out";
    return false;
  }
  await signIn();
  return false;
}

/** Leaves the page to sign in. */
export async function signIn(): Promise<void> {
  sessionStorage.removeItem(SIGNED_OUT);
  if (configuration.signIn) await leaveToSignIn(configuration.signIn, language.value);
}

/** Forgets the tokens and everything that the operator has entered. */
export function signOut(): void {
  tokens = undefined;
  sessionStorage.clear();
  sessionStorage.setItem(SIGNED_OUT, "yes");

  const end = configuration.signIn?.endSessionEndpoint;
  if (!end) {
    location.assign("/");
    return;
  }
  const address = new URL(end, location.origin);
  address.searchParams.set("client_id", configuration.signIn?.clientId ?? "");
  address.searchParams.set("logout_uri", `${location.origin}/`);
  location.assign(address);
}

/** A token for the API, renewed if it is about to expire. */
export async function authorization(): Promise<string> {
  if (!tokens) throw expired();
  if (tokens.expiresAt - RENEW_BEFORE > Date.now() || !tokens.refreshToken) return tokens.token;
  return renewed(tokens.token);
}

/** A newer token than `old`. Callers at the same time share one renewal. */
export function renewed(old: string): Promise<string> {
  if (tokens && tokens.token !== old) return Promise.resolve(tokens.token);
  renewal ??= renewTokens().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renewTokens(): Promise<string> {
  const refreshToken = tokens?.refreshToken;
  if (!refreshToken) throw expired();

  let fresh: Tokens | undefined;
  try {
    fresh = await renew(refreshToken);
  } catch (error) {
    throw new NoAnswerError("the token was not renewed", { cause: error });
  }
  if (!fresh) throw expired();
  tokens = fresh;
  return fresh.token;
}

function expired(): SignedOutError {
  if (session.value === "signed-in") session.value = "expired";
  return new SignedOutError("signed out");
}
