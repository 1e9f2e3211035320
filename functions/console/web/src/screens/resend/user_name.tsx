import { t } from "../../i18n/messages";
import { Breakable } from "../../parts/breakable";
import { Link } from "../../parts/link";
import { to } from "../../routes";
import { may } from "../../state/operator";
import { listedName } from "../../state/shown_name";

interface Props {
  user: { userId: string; loginId?: string; displayName?: string };
  /** Whether the operator may see the user. */
  isKnown?: boolean;
}

/** The name of a user, with a link where the operator can open them, and the login id: two users may have one name. */
export function UserName({ user, isKnown = true }: Props) {
  const shown = listedName(user);
  const name = <bdi>{shown}</bdi>;
  const isLink = may.readUsers.value && isKnown;
  return (
    <>
      {isLink ? <Link href={to.user(user.userId)}>{name}</Link> : name}
      {user.loginId && user.loginId !== shown && (
        <span class="recipient-login soft">
          <span class="visually-hidden">{t("users.login_id")} </span>
          <bdi>
            <Breakable text={user.loginId} />
          </bdi>
        </span>
      )}
    </>
  );
}
