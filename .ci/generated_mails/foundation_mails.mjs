// Mails of Foundation for Emails: Inky makes tables of its own elements, and Juice moves the styles into them.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import juice from "juice";

const require = createRequire(import.meta.url);
const Inky = require("inky/lib/inky.js");
const css = readFileSync(require.resolve("foundation-emails/dist/foundation-emails.css"), "utf8");

const row = (content) => `<container><spacer size="16"></spacer><row>${content}</row></container>`;
const button = (kind = "") => `<button class="${kind}" href="{{ login_url }}">Log in</button>`;

const mails = [
    row(`<columns>Hello {{ user.name }}${button()}</columns>`),
    row(`<columns small="12" large="6">Left</columns><columns small="12" large="6">${button("expand")}</columns>`),
    row(`<columns><callout class="primary"><p>Your course begins soon.</p></callout>${button("radius success")}</columns>`),
    row(`<columns><center><img src="https://example.com/logo.png" alt="Logo" width="160"></center>${button("large")}</columns>`),
    row(`<columns><menu><item href="https://example.com/a">Courses</item><item href="https://example.com/b">Help</item></menu>${button()}</columns>`),
    row(`<columns><block-grid up="2"><td>One</td><td>Two</td></block-grid>${button("secondary rounded")}</columns>`),
    `<wrapper class="header">${row("<columns><h1>Welcome</h1></columns>")}</wrapper>${row(`<columns>${button("hollow")}</columns>`)}`,
    row(`<columns><h2>Soon</h2><p class="lead">You are invited.</p><hr>${button("tiny alert")}</columns>`),
    row(`<columns large="4"><p>1</p></columns><columns large="4"><p>2</p></columns><columns large="4"><p>3</p></columns>`) + row(`<columns>${button("small")}</columns>`),
    row(`<columns class="small-text-center"><p class="text-right">&copy; Example</p>${button("float-center")}</columns>`),
];

export function foundationMails() {
    return mails.map((mail) => {
        const body = new Inky({}).releaseTheKraken(mail);
        return juice(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><meta name="viewport" content="width=device-width"><title>Invitation</title><style>${css}</style></head>
<body><table class="body" data-made-with-foundation=""><tr><td class="float-center" align="center" valign="top"><center>${body}</center></td></tr></table></body>
</html>`);
    });
}
