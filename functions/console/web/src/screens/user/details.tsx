import { useId } from "preact/hooks";
import type { User } from "../../api/types";
import { formatNumber, languageName } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Breakable } from "../../parts/breakable";
import { Fact } from "../../parts/fact";
import { Link } from "../../parts/link";
import { Moment } from "../../parts/moment";
import { to } from "../../routes";
import { may } from "../../state/operator";
import { STATUS_BADGES } from "../users/badges";
import { InvitationState } from "../users/user_row";

interface TimeProps {
  label: string;
  at: string | undefined;
  /** Says that it never happened. Without it the fact is left out. */
  absent?: string;
}

function TimeFact({ label, at, absent }: TimeProps) {
  if (!at && !absent) return null;
  return <Fact label={label}>{at ? <Moment at={at} /> : <span class="soft">{absent}</span>}</Fact>;
}

export function DetailsCard({ user }: { user: User }) {
  const heading = useId();
  const attributes = Object.entries(user.attributes ?? {});
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("user.details")}</h2>
      <dl class="facts">
        <Fact label={t("users.login_id")}>
          <Breakable text={user.loginId} />
        </Fact>
        <Fact label={t("user.status")}>
          <span class={`badge ${STATUS_BADGES[user.status] ?? ""}`}>
            {name("userStatus", user.status)}
          </span>
        </Fact>
        <TimeFact
          label={t("user.first_login")}
          at={user.firstLoginAt}
          absent={t("user.never_logged_in")}
        />
        <TimeFact label={t("user.signed_up")} at={user.signedUpAt} />
        <TimeFact label={t("user.valid_from")} at={user.validFrom} />
        <TimeFact label={t("user.valid_until")} at={user.validUntil} />
        {user.language && <Fact label={t("user.language")}>{languageName(user.language)}</Fact>}
        {user.timeZone && <Fact label={t("user.time_zone")}>{user.timeZone}</Fact>}
      </dl>
      {attributes.length > 0 && (
        <>
          <h3>{t("user.attributes")}</h3>
          <dl class="facts">
            {attributes.map(([attribute, value]) => (
              <Fact key={attribute} label={attribute}>
                {value}
              </Fact>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

export function GroupsCard({ user }: { user: User }) {
  const heading = useId();
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("user.groups")}</h2>
      {user.groups.length === 0 && <p class="soft">{t("user.no_groups")}</p>}
      <ul class="user-groups">
        {user.groups.map(group => (
          <li key={group.id}>
            {may.listGroups.value ? (
              <Link href={to.group(group.id)}>
                <Breakable text={group.path} />
              </Link>
            ) : (
              <Breakable text={group.path} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The state of the last invitation that carried a link or a password. */
export function InvitationCard({ user }: { user: User }) {
  const heading = useId();
  const { invitation } = user;
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{t("user.invitation")}</h2>
      <dl class="facts">
        <Fact label={t("user.times_invited")}>{formatNumber(user.inviteCount)}</Fact>
        <TimeFact
          label={t("user.last_invited")}
          at={user.lastInvitedAt}
          absent={t("user.never_invited")}
        />
        <Fact label={t("user.invitation_state")}>
          <InvitationState user={user} />
        </Fact>
        <TimeFact label={t("user.invitation_expires")} at={invitation.expiresAt} />
        <TimeFact label={t("user.invitation_used")} at={invitation.usedAt} />
      </dl>
    </section>
  );
}
