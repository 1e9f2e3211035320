import { effect } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language, t } from "./i18n/messages";
import { Dialog } from "./parts/dialog";
import { Header } from "./parts/header";
import { lazy } from "./parts/lazy";
import { Link } from "./parts/link";
import { ProblemBanner } from "./parts/problem";
import { path, type Route, route, to } from "./routes";
import { UserScreen } from "./screens/user";
import { UsersScreen } from "./screens/users";
import { openOperator, operatorError } from "./session/operator";
import { session, signIn } from "./session/session";
import { me } from "./state/operator";

/** A screen: the address gives its id, if it has one. */
export type ScreenProps = { id: string | undefined };

type Others = typeof import("./screens/others");
const other = (name: keyof Others) => lazy(async () => (await import("./screens/others"))[name]);

/** The screens. Those of the main job come with the page, and the others when they are opened. */
const SCREENS: Record<Route["screen"], ComponentType<ScreenProps>> = {
  users: UsersScreen,
  group: UsersScreen,
  user: UserScreen,
  resends: other("ResendsScreen"),
  resend: other("ResendScreen"),
  people: other("PeopleScreen"),
  templates: other("TemplatesScreen"),
  template: other("TemplateScreen"),
  import: other("ImportScreen"),
  settings: other("SettingsScreen"),
  audit: other("AuditScreen"),
  suppressed: other("SuppressedScreen"),
  unknown: UnknownScreen,
};

effect(() => {
  document.documentElement.lang = language.value;
});

/** The whole page. */
export function App() {
  if (me.value) return <SignedIn />;
  return (
    <main class="plain">
      <h1>Reinvite</h1>
      <SignInState />
    </main>
  );
}

function SignInState() {
  const error = operatorError.value;
  if (error) return <ProblemBanner error={error} onRetry={() => void openOperator()} />;

  switch (session.value) {
    case "unconfigured":
      return <p>{t("session.unconfigured")}</p>;
    case "signed-out":
    case "expired":
    case "failed":
      return (
        <>
          <p>{session.value === "failed" ? t("session.failed") : t("session.signed_out")}</p>
          <button type="button" class="button primary" onClick={() => void signIn()}>
            {t("session.sign_in")}
          </button>
        </>
      );
    default:
      return <p role="status">{t("session.starting")}</p>;
  }
}

/** A screen begins anew for another thing. The users screen stays for another group, so that the tree stays as it is. */
function keyOf({ screen, id }: Route): string {
  return screen === "users" || screen === "group" ? "users" : `${screen}/${id ?? ""}`;
}

function SignedIn() {
  const { screen, id } = route.value;
  const Screen = SCREENS[screen];
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  // A new screen gets the focus, so that a screen reader begins there. Another filter or page of a screen does not move it.
  const place = path.value;
  useEffect(() => {
    if (!isFirst.current) {
      scrollTo(0, 0);
      (main.current?.querySelector<HTMLElement>("h1") ?? main.current)?.focus();
    }
    isFirst.current = false;
  }, [place]);

  return (
    <>
      <a class="skip-link" href="#main">
        {t("shell.skip")}
      </a>
      <Header />
      <main id="main" tabIndex={-1} ref={main}>
        <Screen key={keyOf(route.value)} id={id} />
      </main>
      {session.value === "expired" && <ExpiredDialog />}
    </>
  );
}

function ExpiredDialog() {
  return (
    <Dialog
      title={t("session.expired_title")}
      onClose={() => {}}
      class="small"
      footer={
        <button type="button" class="button primary" onClick={() => void signIn()}>
          {t("session.sign_in_again")}
        </button>
      }
    >
      <p>{t("session.expired")}</p>
    </Dialog>
  );
}

function UnknownScreen() {
  return (
    <>
      <h1 tabIndex={-1}>{t("unknown.title")}</h1>
      <p>{t("unknown.text")}</p>
      <p>
        <Link href={to.users()}>{t("nav.users")}</Link>
      </p>
    </>
  );
}
