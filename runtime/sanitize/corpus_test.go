package sanitize

import (
	"strings"
	"testing"
)

// vectors are known ways past sanitisers, in the families that have been published: plain injection, broken syntax,
// encodings, addresses, CSS, and mutation, where markup changes its meaning when it is written and read again.
var vectors = []string{
	// Elements.
	`<script>x()</script>`, `<SCRIPT SRC=//e.example/x.js></SCRIPT>`, `<scr<script>ipt>x()</scr</script>ipt>`,
	`<script/src=data:,x()>`, `<script x>x()</script x>`, `<<script>x();//<</script>`, `<script>x()`, `<script a=">" b="x()">`,
	"<script\n>x()</script\n>", "<script\x00>x()</script>", "<scr\x00ipt>x()</scr\x00ipt>", "<script\x0c>x()</script>",
	`<iframe src="javascript:x()"></iframe>`, `<iframe srcdoc="<script>x()</script>">`, `<iframe><img src=x onerror=x()></iframe>`,
	`<object data="javascript:x()">`, `<object data="data:text/html,<script>x()</script>">`, `<embed src="javascript:x()">`,
	`<applet code=x>`, `<base href="javascript:x()//">`, `<base target=_top>`, `<link rel=stylesheet href="//e.example/x.css">`,
	`<link rel=import href=x>`, `<meta http-equiv=refresh content="0;url=javascript:x()">`, `<frameset onload=x()><frame src=javascript:x()>`,
	`<body onload=x()>`, `<body background="javascript:x()">`, `<html manifest=x onmouseover=x()>`, `<isindex action=javascript:x() type=image>`,
	`<form action="javascript:x()"><button>x</button></form>`, `<form id=q><button form=q formaction=javascript:x()>x`,
	`<button formaction=javascript:x()>x`, `<input type=image src=x onerror=x()>`, `<input autofocus onfocus=x()>`,
	`<select autofocus onfocus=x()>`, `<textarea autofocus onfocus=x()>`, `<keygen autofocus onfocus=x()>`,
	`<marquee onstart=x()>x`, `<bgsound src="javascript:x()">`, `<layer src="x.js"></layer>`, `<xml id=x><x></x></xml>`,
	`<dialog open>x</dialog>`, `<p popover id=p>x</p>`, `<video><source onerror=x()></video>`, `<audio src=x onerror=x()>`,
	`<details open ontoggle=x()>`, `<portal src=javascript:x()>`, `<fencedframe src=x>`, `<x-y onclick=x()>z</x-y>`,
	`<slot onslotchange=x()><p slot=a>`, `<div><template shadowrootmode=open><script>x()</script></template></div>`,
	`<plaintext><script>x()</script>`, `<xmp><img src=x onerror=x()></xmp>`, `<listing>&lt;img src=x onerror=x()&gt;</listing>`,
	`<noembed><img src=x onerror=x()></noembed>`, `<noframes><img src=x onerror=x()></noframes>`,
	// Attributes.
	`<img src=x onerror=x()>`, `<img src=x OnErRoR=x()>`, `<img/src=x/onerror=x()>`, "<img src=x\nonerror\n=\nx()>",
	`<img src=x:x onerror="x()"//`, `<img src="x" alt="" title="" onerror=x()`, `<img """><script>x()</script>">`,
	`<img src=x onerror&#61;x()>`, `<img src='x' ' onerror=x()>`, `<p onclick=x() onclick=y()>`, `<p a="b"onclick=x()>`,
	`<a href="x" onclick="x()" href="y">z</a>`, `<img src="a" =onerror=x()>`, `<img src=x onerror ="x()">`, "<img src=`x` onerror=`x()`>",
	`<img alt="<script>x()</script>">`, `<img alt='"><script>x()</script>'>`, "<img \x00src=x \x00onerror=x()>", `<svg onload=x()>`,
	`<svg><g onload=x()></g></svg>`, `<math onmouseover=x()>`, `<p style="x" on\u006eclick=x()>`, `<a autofocus onfocus=x() tabindex=1>x`,
	`<p contenteditable onbeforeinput=x()>x`, `<p accesskey=x onclick=x()>`, `<style onload=x()></style>`, `<img is=x-y src=x>`,
	`<img name=cookie><img name=body><a id=location href=x>`, `<p id=q-app></p><a name=quoin-config>`, `<map id="Q-x" name="q-y">`,
	`<input form=x name=action>`, `<img src=x onpointerrawupdate=x()>`, `<p onscrollend=x()>`, `<p on=x onx>`, `<a ping=//e.example href=/>x`,
	`<img src=x referrerpolicy=unsafe-url>`, `<p nonce=abc>`, `<p part=x exportparts=y>`, `<button commandfor=a command=show-modal>`,
	// Addresses.
	`<a href="javascript:x()">a</a>`, `<a href="JaVaScRiPt:x()">a</a>`, `<a href=" javascript:x()">a</a>`, `<a href="java&#x09;script:x()">a</a>`,
	`<a href="java&#10;script:x()">a</a>`, `<a href="java&#0000013script:x()">a</a>`, `<a href="&#106;avascript:x()">a</a>`,
	`<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:x()">a</a>`, `<a href="javascript&colon;x()">a</a>`,
	`<a href="javascript&#58;x()">a</a>`, `<a href="&Tab;javascript:x()">a</a>`, `<a href="java&NewLine;script:x()">a</a>`,
	"<a href=\"\x01javascript:x()\">a</a>", "<a href=\"java\x00script:x()\">a</a>", "<a href=\"\u00a0javascript:x()\">a</a>",
	"<a href=\"\u2028javascript:x()\">a</a>", "<a href=\"\ufeffjavascript:x()\">a</a>", "<a href=\"\x1bjavascript:x()\">a</a>",
	`<a href="javascript://%0ax()">a</a>`, `<a href="feed:javascript:x()">a</a>`, `<a href="view-source:javascript:x()">a</a>`,
	`<a href="vbscript:x()">a</a>`, `<a href="livescript:x()">a</a>`, `<a href="mocha:x()">a</a>`, `<a href="data:text/html,<script>x()</script>">a</a>`,
	`<a href="data:text/html;base64,PHNjcmlwdD54KCk8L3NjcmlwdD4=">a</a>`, `<a href="blob:https://x/y">a</a>`, `<a href="filesystem:x">a</a>`,
	`<a href="file:///etc/passwd">a</a>`, `<a href="intent://x#Intent;end">a</a>`, `<a href="ms-word:ofe|u|x">a</a>`, `<a href="jar:x!/y">a</a>`,
	`<a href="about:blank">a</a>`, `<a href="tel:1" target="top">a</a>`, `<a href="//e.example">a</a>`, `<a href="/\e.example">a</a>`,
	`<a href="\\e.example">a</a>`, `<a href="http:e.example">a</a>`, `<a href="https:javascript:x()">a</a>`, `<a href="./javascript:x()">a</a>`,
	`<a href="%6aavascript:x()">a</a>`, `<a href="javascript%3Ax()">a</a>`, `<a href="?javascript:x()">a</a>`, `<a href="javas&shy;cript:x()">a</a>`,
	`<a href="ｊavascript:x()">a</a>`, `<a href="javaſcript:x()">a</a>`, `<a href="http://[::1">a</a>`, `<a href="http://a%zz">a</a>`,
	`<a href="http://user:pass@e.example/">a</a>`, `<a rel=opener target=x href=//e.example>a</a>`, `<a href="quoin:form">a</a>`,
	`<img src="javascript:x()">`, `<img src="data:image/svg+xml,<svg onload=x()>">`, `<img src="data:text/html,x">`,
	`<img src="data:image/png;base64,&quot;onerror=x()">`, `<img src="DATA:image/svg+xml;base64,AAAA">`, `<img srcset="javascript:x() 1x">`,
	`<img srcset="/a 1x, javascript:x() 2x">`, `<img srcset="data:image/png;base64,AA 1x">`, `<img srcset=",javascript:x(),">`,
	`<img srcset="/a 1x 2x,">`, `<img lowsrc="javascript:x()">`, `<img dynsrc="javascript:x()">`, `<img longdesc="javascript:x()">`,
	`<img usemap="javascript:x()">`, `<video poster="javascript:x()">`, `<video src="data:text/html,x">`, `<source srcset="javascript:x()">`,
	`<track src="data:text/vtt,x">`, `<blockquote cite="javascript:x()">`, `<del cite="vbscript:x">`, `<area href="javascript:x()">`,
	`<table background="javascript:x()">`, `<td background="javascript:x()">`, `<p itemtype="quoin:x">`, `<a href="quoin:handler/submit">x</a>`,
	// CSS.
	`<p style="position:fixed;inset:0">`, `<p style="position:absolute">`, `<p style="POSITION : FIXED">`, `<p style="position:/**/fixed">`,
	`<p style="posi\tion:fixed">`, `<p style="position:f\69xed">`, `<p style="position:&#102;ixed">`, `<p style="position:sticky;top:0">`,
	`<p style="background:url(javascript:x())">`, `<p style="background:url('java&#10;script:x()')">`, `<p style="background:URL(data:image/svg+xml,x)">`,
	`<p style="background:url(//e.example/x)">`, `<p style="width:expression(x())">`, `<p style="width:exp/*x*/ression(x())">`,
	`<p style="-moz-binding:url(//e.example/x.xml#y)">`, `<p style="behavior:url(x.htc)">`, `<p style="@import 'x'">`,
	`<p style="color:red;}body{display:none">`, `<p style="color:red</style><script>x()</script>">`, `<p style="animation:x 1s" onanimationend=x()>`,
	`<p style="transition:all 1s" ontransitionend=x()>`, `<p style="margin:-9999px">`, `<p style="margin:calc(0px - 9999px)">`, `<p style="margin:min(0px,-99px)">`,
	`<p style="transform:translate(-50px)">`, `<p style="translate:-99px">`, `<p style="z-index:99999">`, `<p style="inset:0">`, `<p style="top:-10px">`,
	`<p style="content:'x'">`, `<p style="cursor:url(x)">`, `<p style="filter:url(#x)">`, `<p style="mask:url(//e.example)">`, `<p style="clip-path:url(#x)">`,
	`<p style="--q-x:1;color:var(--q-x)">`, `<p style="width:attr(x px)">`, `<p style="background:image-set('x' 1x)">`, `<p style="background:element(#x)">`,
	`<p style="background:-moz-element(#x)">`, `<p style="color:env(x)">`, `<p style="list-style:url(javascript:x())">`, `<p style="font-family:'x;position:fixed'">`,
	`<p style='font-family:"x;position:fixed'>`, `<p style="text-indent:-999em">`, `<p style="letter-spacing:-99px">`, `<p style="outline:9999px solid red">`,
	`<p style="box-shadow:0 0 0 99vmax red">`, `<p style="display:-webkit-box;position:-webkit-sticky">`, `<svg style="overflow:visible"><path d="M0 0"/></svg>`,
	"<p style=\"position:\x00fixed\">", "<p style=\"position\u00a0:fixed\">", "<p style=\"p\u00f6sition:fixed\">", `<p style="position:fixed !ie">`, `<p style="position:fixed!important">`,
	// Name spaces.
	`<svg><script>x()</script></svg>`, `<svg><script href="data:,x()"/></svg>`, `<svg><script xlink:href=data:,x()></script></svg>`, `<svg><style>*{x:expression(x())}</style></svg>`,
	`<svg><a xlink:href="javascript:x()"><text>x</text></a></svg>`, `<svg><a href="javascript:x()"><text>x</text></a></svg>`, `<svg><use href="data:image/svg+xml,x#y"/></svg>`,
	`<svg><use xlink:href="#x"/></svg>`, `<svg><image href="javascript:x()" onerror=x()></svg>`, `<svg><foreignObject><iframe onload=x()></foreignObject></svg>`,
	`<svg><animate attributeName=href values=javascript:x() /><a id=x><text>x</text></a></svg>`, `<svg><set attributeName=onmouseover to=x() /></svg>`,
	`<svg><animate onbegin=x() attributeName=x dur=1s></svg>`, `<svg><handler type="text/javascript" ev:event="load">x()</handler></svg>`,
	`<svg><discard onbegin=x()></svg>`, `<svg><feImage href="data:,x"/></svg>`, `<svg><title><img src=x onerror=x()></title></svg>`, `<svg><desc><img src=x onerror=x()></desc></svg>`,
	`<svg><path fill="url(javascript:x())" marker-start="url(//e.example/x#y)"/></svg>`, `<svg><g xml:base="javascript:x()" xmlns:xlink="x"/></svg>`, `<svg xmlns="x"><x:script xmlns:x="http://www.w3.org/1999/xhtml">x()</x:script></svg>`,
	`<math href="javascript:x()">x</math>`, `<math><mi xlink:href="javascript:x()">x</mi></math>`, `<math><maction actiontype="statusline#x" xlink:href="javascript:x()">x</maction></math>`,
	`<math><annotation-xml encoding="text/html"><img src=x onerror=x()></annotation-xml></math>`, `<math><mtext><img src=x onerror=x()></mtext></math>`,
	`<math><mtext><style><img src=x onerror=x()></style></mtext></math>`, `<math><semantics><annotation encoding="text/html"><script>x()</script></annotation></semantics></math>`,
	`<math><mi style="position:fixed">x</mi></math>`, `<math><mpadded lspace="-99em" voffset="-50em">x</mpadded></math>`, `<math><mglyph src=x onerror=x()></math>`,
	// Mutation.
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x()&gt;">`,
	`<math><mtext><table><mglyph><style><math><table id="</table>"><img src onerror=x()>">`,
	`<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title="</style><img src onerror='x()'>"></style></h1>`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=x()>`,
	`<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=x() src>">`,
	`<svg></p><style><a id="</style><img src=1 onerror=x()>">`, `<svg><p><style><g title="</style><img src=x onerror=x()>">`,
	`<svg></br><style><a title="</style><img src onerror=x()>"></style></svg>`, `<math></p><style><!--</style><img src/onerror=x()>--></style></math>`,
	`<math></br><mglyph><svg><mtext><style><img title="</style><img src onerror=x()>">`, `<svg><desc><style><a title="</style><img src onerror=x()>">`,
	`<svg><title><style><!--</style><img src=x onerror=x()>--></style></title></svg>`, `<svg><foreignObject><math><annotation-xml encoding="text/html"><style><a title="</style><img src=x onerror=x()>">`,
	`<noscript><p title="</noscript><img src=x onerror=x()>">`, `<noscript><style></noscript><img src=x onerror=x()></style></noscript>`, `<noscript><!--</noscript><img src=x onerror=x()>--></noscript>`,
	`<template><s><template><s><img src=x onerror=x()>@shafigullin</s></template></s></template>`, `<template><style></template><img src=x onerror=x()></style>`,
	`<style><img title="</style><img src=x onerror=x()>">`, `<style><!--</style><script>x()</script>--></style>`, `<style></style\x0a><img src=x onerror=x()>`,
	`<title><p title="</title><img src=x onerror=x()>">`, `<textarea><p title="</textarea><img src=x onerror=x()>"></textarea>`, `<select><p title="</select><img src=x onerror=x()>"></select>`,
	`<select><template><style><!--</style><img src=x onerror=x()>--></style></template></select>`, `<select><iframe><script>x()</script></iframe></select>`, `<select><math><mtext><style></select><img src=x onerror=x()>`,
	`<table><td><svg><desc><style><td></style><img src=x onerror=x()>`, `<table><caption><svg><style><a title="</style><img src onerror=x()>">`, `<iframe><p title="</iframe><img src=x onerror=x()>">`,
	`<xmp><p title="</xmp><img src=x onerror=x()>">`, `<noembed><p title="</noembed><img src=x onerror=x()>">`, `<plaintext><p title="</plaintext><img src=x onerror=x()>">`,
	`<!--<img title="--><img src=x onerror=x()>">`, `<!--><img src=x onerror=x()>-->`, `<!---><img src=x onerror=x()>-->`, `<!--x--!><img src=x onerror=x()>-->`, `<!--[if IE]><script>x()</script><![endif]-->`,
	`<![CDATA[<img src=x onerror=x()>]]>`, `<svg><![CDATA[<img src=x onerror=x()>]]></svg>`, `<math><![CDATA[</math><img src=x onerror=x()>]]></math>`, `<?xml-stylesheet href="javascript:x()"?>`, `<!doctype x [<!entity a "<script>x()</script>">]>&a;`,
	`<a><table><a><img title="</a><img src=x onerror=x()>">`, `<b><p><b><p><b><p><b><p><i></b></i><img src=x onerror=x()>`, `<a href=/x><svg><a href=/y><p><a href=/z>`, `<p><table><p><a><table><td><a>`,
	`<dl><dt><dl><dd><form><table><form>`, `<h1><h2><h3></h1><button><button><p></button>`, `<nobr><nobr><table><nobr>`, `<li><ul><li></li><p></li><dd><dt>`, `<table><tr><td></table><select><tr><td></select>`,
	`<ruby><rtc><rt><rb><rp></ruby><img src=x onerror=x()>`, `<math><mi><b><svg><desc><i><math><mtext></svg></b>`, `<svg><math><svg><p></svg></math><style><img src=x onerror=x()>`, `<svg><g></svg><g><svg><g><math><g>`,
	`<p><svg><p><math><p></math></svg></p>`, `<svg><font color=x><img src=x onerror=x()></font></svg>`, `<svg><font><p>`, `<svg><b><style><!--</style></b><img src=x onerror=x()>--></svg>`,
	`<math><annotation-xml encoding="application/xhtml+xml"><p><style><!--</style><img src onerror=x()>-->`, `<math><mi><p><style><!--</style><img src onerror=x()>--></p></mi></math>`, `<math><mo><malignmark><style><!--</style><img src=x onerror=x()>-->`,
	// Bytes.
	"<img src=x\x0bonerror=x()>", "<\x00img src=x onerror=x()>", "<img src=\"x\x00\" onerror=x()>", "<im\x80g src=x onerror=x()>", "\xff\xfe<script>x()</script>", "<a href=\"\xe2\x80javascript:x()\">a</a>",
	"\u003cscript\u003ex()\u003c/script\u003e", "+ADw-script+AD4-x()+ADw-/script+AD4-", "\xc0\xbcscript\xc0\xbex()", "<ſcript>x()</ſcript>", "<\u017fcript>", "<sc\u0131pt>x()</sc\u0131pt>", "\u2028<img src=x onerror=x()>\u2029",
	"<p title=\"\u202e\u2066x\">", "<p>\x00\x01\x02\x7f</p>", "<p>\r\n\r</p>", "<pre>\r\n\n</pre>", "<a\u3000href=javascript:x()>x</a>", "<img\u00a0src=x onerror=x()>",
}

func TestVectors(t *testing.T) {
	if len(vectors) < 250 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	for _, policy := range []Policy{Author, Block} {
		for _, vector := range vectors {
			// In each place that the parser reads in its own way, and cut off at the end.
			for _, around := range []string{"%", "<p>%</p>", "<table>%</table>", "<table><tr><td>%", "<svg>%</svg>", "<math>%</math>", "<math><mtext>%", "<select>%", "<b><i>%</b>", "<svg><g>%</g><p>%"} {
				checkClean(t, policy, strings.ReplaceAll(around, "%", vector))
			}
		}
	}
}

// checkClean says what must hold of every text.
func checkClean(t *testing.T, policy Policy, text string) {
	t.Helper()
	clean, changes := Clean(policy, text)
	if problem := forbidden(clean, policy); problem != "" {
		t.Errorf("%q\n  gave %q\n  with %s", text, clean, problem)
	}
	again, more := Clean(policy, clean)
	if again != clean {
		t.Errorf("%q\n  gave %q\n  then %q", text, clean, again)
	}
	if len(more) != 0 {
		t.Errorf("%q\n  gave %q\n  which still changes: %v", text, clean, more)
	}
	if len(changes) == 0 {
		// Comments go without a word, and so do attributes that mean nothing, with whatever they hold.
		problem := forbidden(text, policy)
		if problem != "" && !strings.HasPrefix(problem, "node of type") && !strings.Contains(strings.ToLower(problem), "quoin:") &&
			!strings.HasPrefix(problem, "attribute xmlns") {
			t.Errorf("%q is called unchanged, but holds %s", text, problem)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, vector := range vectors {
		f.Add(vector, false)
		f.Add("<svg>"+vector+"<math>"+vector, true)
	}
	f.Fuzz(func(t *testing.T, text string, block bool) {
		policy := Author
		if block {
			policy = Block
		}
		checkClean(t, policy, text)
	})
}
