import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { language, type MessageKey, setLanguage, t } from "../i18n/messages";
import { path, type Route, route, to } from "../routes";
import { signOut } from "../session/session";
import { may, me } from "../state/operator";
import { shownName } from "../state/shown_name";
import { Link } from "./link";

interface Entry {
  screen: Route["screen"];
  href: string;
  label: MessageKey;
  isOffered: () => boolean;
}

/** The screens that an operator may open. */
const ENTRIES: Entry[] = [
  { screen: "users", href: to.users(), label: "nav.users", isOffered: () => may.readUsers.value },
  { screen: "resends", href: to.resends(), label: "nav.resends", isOffered: () => true },
  {
    screen: "templates",
    href: to.templates(),
    label: "nav.templates",
    isOffered: () => may.readTemplates.value,
  },
  {
    screen: "people",
    href: to.people(),
    label: "nav.people",
    isOffered: () => may.keepDirectory.value,
  },
  {
    screen: "import",
    href: to.import(),
    label: "nav.import",
    isOffered: () => may.keepDirectory.value,
  },
  {
    screen: "suppressed",
    href: to.suppressed(),
    label: "nav.suppressed",
    isOffered: () => may.isOwner.value,
  },
  {
    screen: "settings",
    href: to.settings(),
    label: "nav.settings",
    isOffered: () => may.readSettings.value,
  },
  { screen: "audit", href: to.audit(), label: "nav.audit", isOffered: () => may.readAudit.value },
];

const PARENTS: Partial<Record<Route["screen"], Route["screen"]>> = {
  group: "users",
  user: "users",
  resend: "resends",
  template: "templates",
};

/** The name of the product, the screens, and the operator. */
export function Header() {
  const isOpen = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  const place = path.value;
  useEffect(() => {
    isOpen.value = false;
  }, [place]);

  const { screen } = route.value;
  const current = PARENTS[screen] ?? screen;
  return (
    <header
      class={`shell-header ${isOpen.value ? "open" : ""}`}
      onKeyDown={event => {
        if (event.key !== "Escape" || event.isComposing || !isOpen.value) return;
        isOpen.value = false;
        button.current?.focus();
      }}
    >
      <div class="brand">
        <Link href={to.users()}>
          <BrandIcon />
          <span>Reinvite</span>
        </Link>
        <span class="organisation">{me.value?.organisation.name}</span>
      </div>
      <button
        type="button"
        class="button quiet menu-button"
        aria-expanded={isOpen.value}
        aria-controls="shell-menu"
        ref={button}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {t("shell.menu")}
      </button>
      <div id="shell-menu" class="shell-menu">
        <nav aria-label={t("shell.screens")}>
          <ul>
            {ENTRIES.filter(entry => entry.isOffered()).map(entry => (
              <li key={entry.screen}>
                <Link
                  href={entry.href}
                  aria-current={entry.screen === current ? "page" : undefined}
                >
                  {t(entry.label)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <OperatorMenu />
      </div>
    </header>
  );
}

function BrandIcon() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" class="brand-square" />
      <path d="M7 11h18v11H7z M7 11l9 7 9-7" class="brand-letter" />
    </svg>
  );
}

function OperatorMenu() {
  const user = me.value?.user;
  return (
    <div class="operator">
      <span class="operator-name">{user && shownName(user)}</span>
      <button
        type="button"
        class="button quiet"
        lang={language.value === "en" ? "ja" : "en"}
        onClick={() => void setLanguage(language.value === "en" ? "ja" : "en")}
      >
        {t("shell.other_language")}
      </button>
      <button type="button" class="button quiet" onClick={signOut}>
        {t("session.sign_out")}
      </button>
    </div>
  );
}
