// Mails of MJML, which writes a conditional comment around every column.

import mjml from "mjml";

const LOGIN = "{{ login_url }}";

const button = (attributes = "") =>
    `<mj-button href="${LOGIN}" background-color="#1e3650" color="#ffffff" ${attributes}>Log in</mj-button>`;
const text = "<mj-text>Hello {{ user.name }},<br/>your course begins soon &amp; you are invited.</mj-text>";
const image = (attributes = "") =>
    `<mj-image src="https://example.com/logo.png" alt="Logo" width="160px" ${attributes} />`;
const section = (content, attributes = "") => `<mj-section ${attributes}>${content}</mj-section>`;
const column = (content, attributes = "") => `<mj-column ${attributes}>${content}</mj-column>`;

const arial = '<mj-attributes><mj-all font-family="Arial, sans-serif" /><mj-text color="#333333" line-height="1.5" /></mj-attributes>';
const dark = `<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>@media (prefers-color-scheme: dark) { .card { background: #222222 !important } .card div { color: #eeeeee !important } }</mj-style>`;

const mails = [
    ["", section(column(text + button()))],
    ["", section(column(image()) + column(text)) + section(column(button("width=\"100%\"")))],
    ["", section(column(text, 'width="30%"') + column(text, 'width="70%"')) + section(column(button()))],
    ["", section(`<mj-group>${column(text)}${column(button())}</mj-group>`)],
    ["", `<mj-wrapper padding="20px" border="1px solid #dddddd">${section(column(image() + text))}${section(column(button()))}</mj-wrapper>`],
    ["", section(column(text + button()), 'background-url="https://example.com/pattern.png" background-color="#eeeeee" background-size="cover" background-repeat="no-repeat"')],
    ["", `<mj-hero mode="fixed-height" height="240px" background-width="600px" background-height="240px" background-url="https://example.com/hero.png" background-color="#1e3650">${text}${button()}</mj-hero>`],
    ["", section(column('<mj-social font-size="13px" mode="horizontal"><mj-social-element name="web" src="https://example.com/web.png" href="https://example.com/">Web</mj-social-element></mj-social>' + button()))],
    ["", section(column(`<mj-table><tr><th align="left">Lesson</th><th>Weeks</th></tr><tr><td>First steps</td><td align="center">2</td></tr></mj-table>${button()}`))],
    ["", section(column(`${text}<mj-divider border-width="1px" border-style="dashed" border-color="lightgrey" /><mj-spacer height="24px" />${button('border-radius="24px"')}`))],
    [dark, section(column(text + button()), 'css-class="card"')],
    [dark, section(column(image('css-class="card"') + text)) + section(column(button()), 'full-width="full-width" background-color="#fafafa"')],
    ['<mj-preview>Your course is ready</mj-preview><mj-title>Invitation</mj-title>', section(column(text + button()))],
    ['<mj-style inline="inline">.strong div { color: #8a1538 !important; font-weight: bold }</mj-style>', section(column(text.replace("<mj-text>", '<mj-text css-class="strong">') + button()))],
    ['<mj-breakpoint width="320px" />', section(column(text) + column(text) + column(button()))],
    ["", section(column(text + button()), 'direction="rtl" text-align="right"')],
    ["", section(column(image('fluid-on-mobile="true" href="https://example.com/courses" border-radius="8px"') + button()), 'border="2px solid #1e3650" padding="0"')],
    ["", section(column(`<mj-raw><!-- the course --></mj-raw>${text}${button('inner-padding="16px 32px" font-weight="bold"')}`, 'background-color="#f0f4f8" vertical-align="middle" border-left="4px solid #1e3650"'))],
    ['<mj-font name="Made Up" href="https://fonts.example.com/css?family=Made+Up" />', section(column(text.replace("<mj-text>", '<mj-text font-family="Made Up, Arial">') + button()))],
    ["UBUNTU", section(column(text + button()))],
];

export async function mjmlMails() {
    const made = [];
    for (const [head, body] of mails) {
        const common = head === "UBUNTU" ? "" : arial + head;
        const source = `<mjml lang="en"><mj-head>${common}</mj-head><mj-body background-color="#f4f4f4">${body}</mj-body></mjml>`;
        const { html, errors } = await mjml(source, { validationLevel: "soft" });
        if (errors.length > 0) {
            throw new Error(errors.map((error) => error.formattedMessage).join("\n"));
        }
        made.push(html);
    }
    return made;
}
