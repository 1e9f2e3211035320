import { readResend } from "../../api/calls";
import type { Notice } from "../../api/types";
import { formatZoned } from "../../i18n/format";
import { t, tn } from "../../i18n/messages";
import { Link } from "../../parts/link";
import { noticeText } from "../../parts/sentences";
import { to } from "../../routes";
import { useResource } from "../../state/resource";
import { type Model, mailCount } from "./model";

/** Notices that say that mails will not arrive, or not today. */
const WARNINGS = new Set<Notice["type"]>([
  "sandbox",
  "sending_disabled",
  "daily_limit",
  "missing_attributes",
  "no_login_link",
  "template_marks",
]);
/** So many waiting resends are named. */
const NAMED_RESENDS = 5;
/** Notices that stand beside the start. */
const OF_START = new Set<Notice["type"]>(["ambiguous_local_time", "daily_quota", "daily_limit"]);

/** The notices of the preview that are not about the start. */
export function Notices({ model, notices }: { model: Model; notices: Notice[] }) {
  const shown = notices.filter(notice => !OF_START.has(notice.type));
  if (mailCount(model) === 0 || shown.length === 0) return null;
  return (
    <ul class="notices">
      {shown.map((notice, index) => (
        <NoticeItem key={`${notice.type}${index}`} notice={notice} />
      ))}
    </ul>
  );
}

export function StartNotices({ notices }: { notices: Notice[] }) {
  // The dialog says by itself which of two equal local times is taken.
  const shown = notices.filter(
    notice => OF_START.has(notice.type) && notice.type !== "ambiguous_local_time",
  );
  if (shown.length === 0) return null;
  return (
    <ul class="notices">
      {shown.map((notice, index) => (
        <NoticeItem key={`${notice.type}${index}`} notice={notice} />
      ))}
    </ul>
  );
}

function NoticeItem({ notice }: { notice: Notice }) {
  return (
    <li class={`banner ${WARNINGS.has(notice.type) ? "warning" : ""}`}>
      {notice.type === "already_scheduled" ? (
        <AlreadyScheduled notice={notice} />
      ) : (
        noticeText(notice)
      )}
    </li>
  );
}

function AlreadyScheduled({ notice }: { notice: Notice }) {
  const resends = notice.values.resends ?? [];
  return (
    <>
      <p>{tn("recipients.already_scheduled", notice.values.users ?? 0)}</p>
      {resends.length > 0 && (
        <p>
          {resends.slice(0, NAMED_RESENDS).map((resend, index) => (
            <span key={resend}>
              {index > 0 && " · "}
              <WaitingResend id={resend} />
            </span>
          ))}
        </p>
      )}
      {resends.length > NAMED_RESENDS && (
        <p class="hint">{tn("recipients.more_resends", resends.length - NAMED_RESENDS)}</p>
      )}
    </>
  );
}

/** A resend that waits, named by its start. */
function WaitingResend({ id }: { id: string }) {
  const { value } = useResource(id, aborted => readResend(id, aborted));
  const resend = value.value;
  const at = resend && formatZoned(resend.startAt, resend.timeZone);
  return (
    <Link href={to.resend(id)}>
      {at ? t("recipients.waiting_resend_at", { at }) : t("recipients.waiting_resend")}
    </Link>
  );
}
