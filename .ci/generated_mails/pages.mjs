// Mails as a person writes them: HTML, and a style sheet that an inliner moves into the elements.

const LOGIN = "{{ login_url }}";

const texts = [
    ["Welcome, {{ user.name }}", "Your place in the course is ready. Log in to see the first lesson."],
    ["Your account is waiting", "We have made an account for you &amp; your team. It takes two minutes."],
    ["One step to go", "Please log in before {{ expires_at }}. After that the link no longer works."],
    ["{{ organisation.name }} invites you", "You have been added to these groups: {{ user.groups }}."],
];

const fonts = [
    "Arial, Helvetica, sans-serif",
    "'Segoe UI', Tahoma, \"Helvetica Neue\", sans-serif",
    "Georgia, 'Times New Roman', serif",
    "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, sans-serif",
];

const colours = ["#1e3650", "#8a1538", "#2f6f4f", "#5b3a8c", "#b35c00"];

// Blocks of a mail, each with its style.
const blocks = {
    heading: {
        html: ([title]) => `<h1 class="title">${title}</h1>`,
        css: (colour) => `h1.title { color: ${colour}; font-size: 28px; line-height: 1.2; margin: 0 0 16px }`,
    },
    text: {
        html: ([, text]) => `<p class="text">${text}</p>`,
        css: () => "p.text { font-size: 16px; line-height: 24px; margin: 0 0 16px; color: #333 }",
    },
    button: {
        html: () => `<table role="presentation" class="button"><tr><td><a href="${LOGIN}" target="_blank">Log in</a></td></tr></table>`,
        css: (colour) => `.button td { background: ${colour}; border-radius: 4px; padding: 12px 24px }
            .button a { color: #ffffff; text-decoration: none; font-weight: bold }
            .button td:hover { background: #000 !important }`,
    },
    image: {
        html: () => '<img class="hero" src="https://example.com/hero.png" width="320" height="120" alt="A desk">',
        css: () => "img.hero { display: block; width: 100%; max-width: 320px; height: auto; border: 0 }",
    },
    background: {
        html: ([title]) => `<div class="panel"><p>${title}</p></div>`,
        css: () => `.panel { background: #eeeeee url('https://example.com/pattern.png') repeat-x left top; padding: 24px }
            .panel p { margin: 0; font-style: italic }`,
    },
    columns: {
        html: () => '<table class="columns" width="100%"><tr><td class="column">Lessons<br>12</td><td class="column">Weeks<br>6</td></tr></table>',
        css: (colour) => `.columns td { width: 50%; padding: 8px; border: 1px solid ${colour}; vertical-align: top }
            .columns td + td { border-left: none }`,
    },
    list: {
        html: () => "<ul class=\"steps\"><li>Log in</li><li>Choose a course</li><li>Begin</li></ul>",
        css: (colour) => `.steps { padding-left: 20px } .steps li { margin: 4px 0 } .steps li::marker { color: ${colour} }`,
    },
    quote: {
        html: () => "<blockquote>Learning is best done together.</blockquote>",
        css: (colour) => `blockquote { border-left: 4px solid ${colour}; margin: 16px 0; padding-left: 12px }`,
    },
    footer: {
        html: () => '<p class="footer">Questions? <a href="mailto:help@example.com">help@example.com</a> or <a href="tel:+15555550100">+1 555 555 0100</a></p>',
        css: () => `.footer { font-size: 12px; color: #777777; border-top: 1px solid #dddddd; padding-top: 8px }
            .footer a { color: inherit } a[href^="tel"] { text-decoration: none }`,
    },
};

const narrow = `@media only screen and (max-width: 480px) {
    .wrap { width: 100% !important; padding: 8px !important }
    .columns td { display: block !important; width: auto !important }
}`;
const dark = `:root { color-scheme: light dark; supported-color-schemes: light dark }
@media (prefers-color-scheme: dark) {
    body, .wrap { background: #111111 !important } h1.title, p.text { color: #f0f0f0 !important }
    .panel { background-color: #333333 !important }
}
[data-ogsc] h1.title { color: #f0f0f0 !important }`;
const resets = `#outlook a{padding:0}.ExternalClass{width:100%}.ExternalClass *{line-height:100%}
body{-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%}table,td{mso-table-lspace:0pt;mso-table-rspace:0pt}
img{-ms-interpolation-mode:bicubic}/* Links that Apple makes */ a[x-apple-data-detectors]{color:inherit!important}`;
const webFont = `@import url('https://fonts.example.com/css?family=Made+Up&display=swap');
@font-face { font-family: 'Made Up'; src: url(https://fonts.example.com/made-up.woff2) format('woff2') }
@font-face { font-family: 'Made Up'; font-weight: bold; src: url(https://fonts.example.com/made-up-bold.woff2) format('woff2') }`;
const supports = "@supports (display: grid) { .wrap { max-width: 600px } } @media screen { @media (min-width: 1px) { u + .body .wrap { width: 100vw } } }";

const layouts = [
    ["heading", "text", "button", "footer"],
    ["image", "heading", "text", "button"],
    ["heading", "columns", "text", "button", "footer"],
    ["background", "text", "button", "list"],
    ["image", "heading", "text", "quote", "button", "footer"],
    ["heading", "list", "button", "background"],
    ["heading", "text", "columns", "quote", "button"],
];

const sheets = [[narrow], [dark], [resets, narrow], [supports, dark], [resets, dark, narrow], [webFont, narrow]];

// The page with the number: no two numbers below 60 give the same blocks, text, colour and sheets.
function page(number) {
    const text = texts[number % texts.length];
    const colour = colours[number % colours.length];
    const layout = layouts[number % layouts.length];
    const extra = sheets[number % sheets.length];
    const family = extra.includes(webFont) ? "'Made Up', Arial, sans-serif" : fonts[number % fonts.length];

    const css = [
        ...extra.filter((sheet) => sheet === webFont),
        `body { margin: 0; background: #f4f4f4; font-family: ${family} } .wrap { width: 560px; margin: 0 auto; background: #ffffff; padding: 24px }`,
        ...layout.map((name) => blocks[name].css(colour)),
        ...extra.filter((sheet) => sheet !== webFont),
    ].join("\n");
    const body = layout.map((name) => blocks[name].html(text)).join("\n");

    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Invitation</title>
<style type="text/css">
${css}
</style>
</head>
<body class="body">
<div class="preheader" style="display:none;max-height:0;overflow:hidden">An invitation &nbsp;&zwnj;</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center">
<table role="presentation" class="wrap" cellpadding="0" cellspacing="0" border="0"><tr><td>
${body}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

export function pages(from, count) {
    return Array.from({ length: count }, (_, index) => page(from + index));
}
