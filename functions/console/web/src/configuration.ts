/** The configuration that the page carries. */

export interface SignInConfiguration {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  endSessionEndpoint?: string;
  clientId: string;
  scope: string;
  /** The token that the API takes. */
  token: "access" | "id";
}

export interface Configuration {
  /** Null if nobody has configured how operators sign in. */
  signIn: SignInConfiguration | null;
  /** The address of the editor, which is loaded when it is needed. */
  editor: string;
  mailFrame: string;
  mailFrameImages: string;
}

export const configuration: Configuration = JSON.parse(
  document.getElementById("configuration")?.textContent ?? "null",
);
