//! Elements and attributes that only Outlook reads: VML and settings of Office.

/// Elements of Office and of VML, in lower case.
const ELEMENTS: &[&str] = &[
    "m:brkbin",
    "m:brkbinsub",
    "m:defjc",
    "m:dispdef",
    "m:intlim",
    "m:lmargin",
    "m:mathfont",
    "m:mathpr",
    "m:narylim",
    "m:rmargin",
    "m:smallfrac",
    "m:wrapindent",
    "o:allowpng",
    "o:author",
    "o:bottom",
    "o:characters",
    "o:characterswithspaces",
    "o:column",
    "o:company",
    "o:complex",
    "o:created",
    "o:diagram",
    "o:documentproperties",
    "o:entry",
    "o:extrusion",
    "o:idmap",
    "o:lastauthor",
    "o:lastsaved",
    "o:left",
    "o:lines",
    "o:lock",
    "o:officedocumentsettings",
    "o:pages",
    "o:paragraphs",
    "o:pixelsperinch",
    "o:relationtable",
    "o:relyonvml",
    "o:revision",
    "o:right",
    "o:rules",
    "o:shapedefaults",
    "o:shapelayout",
    "o:skew",
    "o:targetscreensize",
    "o:template",
    "o:title",
    "o:top",
    "o:totaltime",
    "o:version",
    "o:words",
    "v:arc",
    "v:background",
    "v:curve",
    "v:f",
    "v:fill",
    "v:formulas",
    "v:group",
    "v:h",
    "v:handles",
    "v:image",
    "v:imagedata",
    "v:line",
    "v:oval",
    "v:path",
    "v:polyline",
    "v:rect",
    "v:roundrect",
    "v:shadow",
    "v:shape",
    "v:shapetype",
    "v:stroke",
    "v:textbox",
    "v:textpath",
    "w:alwaysshowplaceholdertext",
    "w:anchorlock",
    "w:borderbottom",
    "w:borderleft",
    "w:borderright",
    "w:bordertop",
    "w:breakwrappedtables",
    "w:browserlevel",
    "w:cachedcolbalance",
    "w:compatibility",
    "w:donotoptimizeforbrowser",
    "w:donotpromoteqf",
    "w:donotrelyoncss",
    "w:dontflipmirrorindents",
    "w:dontgrowautofit",
    "w:dontvertaligncellwithsp",
    "w:dontvertalignintxbx",
    "w:drawinggridhorizontalspacing",
    "w:enableopentypekerning",
    "w:ignoremixedcontent",
    "w:latentstyles",
    "w:lidthemeasian",
    "w:lidthemecomplexscript",
    "w:lidthemeother",
    "w:lsdexception",
    "w:overridetablestylehps",
    "w:punctuationkerning",
    "w:saveifxmlinvalid",
    "w:snaptogridincell",
    "w:splitpgbreakandparamark",
    "w:trackformatting",
    "w:trackmoves",
    "w:useasianbreakrules",
    "w:usefelayout",
    "w:validateagainstschemas",
    "w:view",
    "w:word11kerningpairs",
    "w:worddocument",
    "w:wrap",
    "w:wraptextwithpunct",
    "w:zoom",
    "xml",
];

/// Attributes of VML, besides those of every element. Each is a name, a number, or a colour.
const ATTRIBUTES: &[&str] = &[
    "adj",
    "adjusthandles",
    "anchorx",
    "anchory",
    "angle",
    "arcsize",
    "aspect",
    "aspectratio",
    "blacklevel",
    "chromakey",
    "color2",
    "colors",
    "coordorigin",
    "coordsize",
    "cropbottom",
    "cropleft",
    "cropright",
    "croptop",
    "dashstyle",
    "endangle",
    "endarrow",
    "endarrowlength",
    "endarrowwidth",
    "endcap",
    "eqn",
    "fill",
    "fillcolor",
    "filled",
    "fillok",
    "filltype",
    "fitpath",
    "fitshape",
    "focus",
    "focusposition",
    "focussize",
    "from",
    "gain",
    "gamma",
    "gradientshapeok",
    "grayscale",
    "inset",
    "insetpen",
    "insetpenok",
    "joinstyle",
    "limo",
    "linestyle",
    "matrix",
    "method",
    "miterlimit",
    "obscured",
    "offset",
    "offset2",
    "on",
    "opacity",
    "opacity2",
    "origin",
    "path",
    "points",
    "position",
    "print",
    "recolor",
    "rotate",
    "shadowok",
    "spacing",
    "startangle",
    "startarrow",
    "startarrowlength",
    "startarrowwidth",
    "string",
    "stroke",
    "strokecolor",
    "stroked",
    "strokeok",
    "strokeweight",
    "textboxrect",
    "textpathok",
    "to",
    "trim",
    "v",
    "weight",
    "wrapcoords",
    "xscale",
];

/// Attributes of settings of Word.
const SETTING_ATTRIBUTES: &[&str] = &[
    "deflockedstate",
    "defpriority",
    "defqformat",
    "defsemihidden",
    "defunhidewhenused",
    "latentstylecount",
    "locked",
    "priority",
    "qformat",
    "semihidden",
    "unhidewhenused",
];

/// Attributes of single elements that number the shapes of a letter of Word.
const SHAPE_NUMBERS: &[(&str, &str)] = &[("o:idmap", "data"), ("o:shapedefaults", "spidmax")];

/// Whether Outlook reads the element.
pub(crate) fn is_office_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name).is_ok()
}

/// Whether the element of Outlook may have the attribute.
pub(crate) fn is_office_attribute(element: &str, name: &str) -> bool {
    let (prefix, plain) = name.split_once(':').unwrap_or(("", name));
    // With a prefix, such as `o:spid`, it is a name, a number or a colour, but for these.
    let is_prefixed = matches!(prefix, "o" | "v" | "w" | "m")
        && !["href", "src", "data", "relid"]
            .iter()
            .any(|end| plain.ends_with(end));

    is_prefixed
        || SHAPE_NUMBERS.contains(&(element, name))
        || prefix.is_empty() && (ATTRIBUTES.contains(&plain) || SETTING_ATTRIBUTES.contains(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_in_order_as_the_search_expects() {
        assert!(ELEMENTS.is_sorted());
        assert!(is_office_element("xml") && !is_office_element("v:script"));

        for (element, attribute, is_known) in [
            ("v:shape", "o:spid", true),
            ("v:shape", "o:href", false),
            ("o:idmap", "data", true),
            ("v:shape", "data", false),
            ("o:shapedefaults", "spidmax", true),
        ] {
            assert_eq!(
                is_office_attribute(element, attribute),
                is_known,
                "{element}"
            );
        }
    }
}
