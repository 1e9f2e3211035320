// Mails of React Email, with the markup that its components make.

import { render } from "@react-email/render";
import { createElement as h } from "react";

const LOGIN = "{{ login_url }}";

const text = (content, style = {}) => h("p", { style: { fontSize: 16, lineHeight: "24px", margin: "16px 0", ...style } }, content);
const button = (style = {}) =>
    h("a", { href: LOGIN, target: "_blank", style: { background: "#1e3650", borderRadius: 4, color: "#ffffff", display: "inline-block", padding: "12px 20px", textDecoration: "none", msoPaddingAlt: "0px", ...style } },
        h("span", { dangerouslySetInnerHTML: { __html: '<!--[if mso]><i style="mso-font-width:500%;mso-text-raise:18" hidden>&#8202;&#8202;</i><![endif]-->' } }),
        h("span", { style: { maxWidth: "100%", display: "inline-block", lineHeight: "120%", msoTextRaise: "9px" } }, "Log in"));
const image = (style = {}) => h("img", { src: "https://example.com/logo.png", alt: "Logo", width: 160, height: 60, style: { display: "block", outline: "none", border: "none", textDecoration: "none", ...style } });
const table = (...children) =>
    h("table", { align: "center", width: "100%", border: 0, cellPadding: "0", cellSpacing: "0", role: "presentation", style: { maxWidth: "37.5em" } },
        h("tbody", null, h("tr", { style: { width: "100%" } }, h("td", null, ...children))));
const columns = (...children) =>
    h("table", { width: "100%", border: 0, cellPadding: "0", cellSpacing: "0", role: "presentation" },
        h("tbody", { style: { width: "100%" } }, h("tr", null, ...children.map((child, index) => h("td", { key: index, "data-id": "__react-email-column", valign: "top" }, child)))));
const rule = h("hr", { style: { width: "100%", border: "none", borderTop: "1px solid #eaeaea" } });
const preview = h("div", { style: { display: "none", overflow: "hidden", lineHeight: "1px", opacity: 0, maxHeight: 0, maxWidth: 0 }, "data-skip-in-text": true }, "Your course", h("div", null, " \u200c\u200b\u200d\u200e\u200f\ufeff"));

const style = (css) => h("style", { dangerouslySetInnerHTML: { __html: css } });
const dark = style("@media (prefers-color-scheme:dark){.body{background-color:#111 !important}.text{color:#eee !important}}");
const font = style("@font-face{font-family:'Made Up';font-style:normal;font-weight:400;mso-font-alt:'Verdana';src:url(https://fonts.example.com/made-up.woff2) format('woff2')} *{font-family:'Made Up',Verdana}");
const tailwind = style("@media (min-width:640px){.sm_p-4{padding:1rem!important}.sm\\:w-full{width:100%!important}}");

const mails = [
    [[], [text("Hello {{ user.name }}"), button()]],
    [[], [image(), text("Your course begins soon."), button({ width: "100%", boxSizing: "border-box", textAlign: "center" })]],
    [[dark], [h("p", { className: "text" }, "Hello {{ user.name }}"), button()]],
    [[], [columns(image(), text("On the right")), rule, button()]],
    [[tailwind], [h("div", { className: "sm_p-4 sm:w-full" }, text("With utility classes")), button()]],
    [[], [h("h1", { style: { fontSize: 24, textAlign: "center" } }, "Welcome & hello"), text("Quotes: \"one\" and 'two' < three"), button()]],
    [[font], [text("In a font from elsewhere"), button()]],
    [[], [h("ul", null, h("li", null, "Log in"), h("li", null, "Begin")), rule, text("Bye", { color: "#8898aa", fontFamily: '"Helvetica Neue",Ubuntu,sans-serif' }), button()]],
    [[], [h("div", { style: { backgroundImage: "url(https://example.com/pattern.png)", padding: 24 } }, text("On a pattern")), button()]],
    [[dark], [image({ margin: "0 auto", borderRadius: "50%" }), columns(text("1"), text("2"), text("3")), h("pre", { style: { background: "#f4f4f4", padding: 8 } }, h("code", null, "login: {{ user.login_id }}")), button()]],
];

export async function reactMails() {
    return Promise.all(mails.map(([head, body]) => render(
        h("html", { dir: "ltr", lang: "en" },
            h("head", null, h("meta", { httpEquiv: "Content-Type", content: "text/html; charset=UTF-8" }), h("meta", { name: "x-apple-disable-message-reformatting" }), ...head),
            h("body", { className: "body", style: { backgroundColor: "#f6f9fc", fontFamily: "Verdana, sans-serif" } }, preview, table(...body))),
    )));
}
