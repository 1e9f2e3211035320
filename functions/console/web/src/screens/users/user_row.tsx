import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { User } from "../../api/types";
import { formatNumber } from "../../i18n/format";
import { name, t } from "../../i18n/messages";
import { Breakable } from "../../parts/breakable";
import { Link } from "../../parts/link";
import { Moment } from "../../parts/moment";
import { to } from "../../routes";
import { shownName } from "../../state/shown_name";
import { INVITATION_BADGES, STATUS_BADGES } from "./badges";

interface Props {
  user: User;
  isTicked: boolean;
  /** Absent if the operator may only look. */
  onTick: ((on: boolean) => void) | undefined;
}

/** A user as a row with all columns. */
export function UserRow({ user, isTicked, onTick }: Props) {
  return (
    <tr class={isTicked && onTick ? "ticked" : undefined}>
      <TickCell user={user} isTicked={isTicked} onTick={onTick} />
      <NameCell user={user} />
      <td>
        <Breakable text={user.loginId} />
      </td>
      <td class="email">
        <Email user={user} />
      </td>
      <td>
        <StatusBadge user={user} />
      </td>
      <td>
        <Groups user={user} />
      </td>
      <td>
        <Time at={user.firstLoginAt} never={t("users.never_login")} />
      </td>
      <td>
        <Time at={user.lastInvitedAt} never={t("users.never_invited")} />
      </td>
      <td class="number">{formatNumber(user.inviteCount)}</td>
      <td>
        <InvitationState user={user} />
      </td>
    </tr>
  );
}

/** A user as a card of a narrow screen: the facts by which users are told apart, and the others on demand. */
export function UserCard({ user, isTicked, onTick }: Props) {
  const isOpen = useSignal(false);
  return (
    <tr class={`user-card ${isTicked && onTick ? "ticked" : ""}`}>
      <TickCell user={user} isTicked={isTicked} onTick={onTick} />
      <NameCell user={user} />
      <td class="login">
        <Breakable text={user.loginId} />
      </td>
      <td class="status">
        <StatusBadge user={user} />
      </td>
      <td class="invited" data-label={t("users.last_invited")}>
        <Time at={user.lastInvitedAt} never={t("users.never_invited")} />
      </td>
      <td class="more">
        <button
          type="button"
          class="link-button"
          aria-expanded={isOpen.value}
          aria-label={t(isOpen.value ? "users.less_about" : "users.more_about", {
            name: shownName(user),
          })}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {t(isOpen.value ? "users.less" : "users.more")}
        </button>
      </td>
      {isOpen.value && (
        <td class="rest">
          <dl>
            <Fact label={t("users.email")}>
              <Email user={user} />
            </Fact>
            <Fact label={t("users.groups")}>
              <Groups user={user} />
            </Fact>
            <Fact label={t("users.first_login")}>
              <Time at={user.firstLoginAt} never={t("users.never_login")} />
            </Fact>
            <Fact label={t("users.invite_count")}>{formatNumber(user.inviteCount)}</Fact>
            <Fact label={t("users.invitation")}>
              <InvitationState user={user} />
            </Fact>
          </dl>
        </td>
      )}
    </tr>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function TickCell({ user, isTicked, onTick }: Props) {
  if (!onTick) return null;
  return (
    <td class="tick">
      <label class="tick-label">
        <input
          type="checkbox"
          checked={isTicked}
          aria-label={t("users.tick", { name: shownName(user) })}
          onChange={event => onTick(event.currentTarget.checked)}
        />
      </label>
    </td>
  );
}

function NameCell({ user }: { user: User }) {
  return (
    <th scope="row" class="user-name">
      <Link href={to.user(user.id)}>
        <Breakable text={shownName(user)} />
      </Link>
    </th>
  );
}

function Email({ user }: { user: User }) {
  return (
    <>
      {user.email ? <Breakable text={user.email} /> : <span class="soft">{t("users.none")}</span>}{" "}
      {user.suppressed && <span class="badge warning">{t("users.is_suppressed")}</span>}
    </>
  );
}

function StatusBadge({ user: { status } }: { user: User }) {
  return <span class={`badge ${STATUS_BADGES[status] ?? ""}`}>{name("userStatus", status)}</span>;
}

function Groups({ user }: { user: User }) {
  if (user.groups.length === 0) return <span class="soft">{t("users.none")}</span>;
  return (
    <ul class="plain-list">
      {user.groups.map(group => (
        <li key={group.id}>
          <GroupPath path={group.path} />
        </li>
      ))}
    </ul>
  );
}

/** A group after those above it, such as "Sales/Tokyo/Team A". */
function GroupPath({ path }: { path: string }) {
  const above = path.split("/");
  const own = above.pop();
  return (
    <>
      {above.map((group, index) => (
        <span key={index} class="path-above">
          {group}/
        </span>
      ))}
      <span class="path-own">{own}</span>
    </>
  );
}

function Time({ at, never }: { at: string | undefined; never: string }) {
  return at ? <Moment at={at} short /> : <span class="soft">{never}</span>;
}

/** The state of the last link or password that a mail carried. Most mails carry none. */
export function InvitationState({ user: { invitation } }: { user: Pick<User, "invitation"> }) {
  const { state } = invitation;
  const looks = state === "none" ? "soft" : `badge ${INVITATION_BADGES[state] ?? ""}`;
  return <span class={looks}>{name("invitationState", state)}</span>;
}
