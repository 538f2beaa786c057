package sanitize

import (
	"regexp"
	"strings"
)

// placeholder starts the values that the host replaces in a block's fragment; see wire.Fragment.
const placeholder = "quoin:"

// platformName reports whether a class, id, data attribute or form field is the platform's own. Browsers fold the case of
// some of them, so case plays no part.
func platformName(name string) bool {
	return hasPrefixFold(name, "q-") || hasPrefixFold(name, "quoin") || strings.EqualFold(name, "q")
}

// hooks are the data attributes by which the host's scripts know its own sections: nobody else may write them, or a text could
// pass for a block and send what the reader never meant to send.
var hooks = set("usage view handlers waiting frame block-form complete-on-view init events completion token zone theme side")

// landmarks are ids that the host's pages and scripts go by; those of its sections start with "block-".
var landmarks = set("main words announcer")

func landmark(name string) bool {
	return landmarks[strings.ToLower(name)] || hasPrefixFold(name, "block-")
}

func class(f *filter, value string) (string, Kind) {
	return keepWords(f, "class", value, func(word string) Kind {
		if !f.block && platformName(word) {
			return KindName
		}
		return ""
	})
}

const maxName = 200

// id checks a name of an element. A block may use "quoin:id/NAME".
func id(f *filter, value string) (string, Kind) {
	switch {
	case f.block && placeholderID.MatchString(value):
		return value, ""
	case value == "" || len(value) > maxName || strings.ContainsAny(value, " \t\r\n\f"):
		return "", KindAttribute
	case platformName(value), landmark(value):
		return "", KindName
	}
	return value, ""
}

// ids checks a list of names of elements.
func ids(f *filter, value string) (string, Kind) {
	return keepWords(f, f.attribute, value, func(word string) Kind {
		_, kind := id(f, word)
		return kind
	})
}

var (
	placeholderID      = regexp.MustCompile(`^quoin:id/[A-Za-z0-9_.:-]{1,150}$`)
	placeholderAddress = regexp.MustCompile(`^quoin:(asset|file|handler|view)/[^\s"'<>\\]{1,300}$`)
)

// hostForm is the one form that a control may join.
func hostForm(_ *filter, value string) (string, Kind) {
	if value != placeholder+"form" {
		return "", KindName
	}
	return value, ""
}

// formNames are members of a form that a control of the same name would hide from scripts.
var formNames = set(`action method submit reset elements length name target enctype encoding id parentnode ownerdocument
	attributes childnodes firstchild lastchild innerhtml outerhtml textcontent nodename nodetype addeventlistener
	removeeventlistener dispatchevent requestsubmit checkvalidity reportvalidity getattribute setattribute removeattribute
	hasattribute appendchild removechild insertbefore replacechild queryselector queryselectorall contains closest matches
	classname classlist style dataset constructor __proto__ prototype tostring valueof hasownproperty`)

// fieldName checks the name under which a control's value is sent. Those of the platform carry its tokens.
func fieldName(_ *filter, value string) (string, Kind) {
	switch {
	case value == "" || len(value) > maxName:
		return "", KindAttribute
	case platformName(value), formNames[strings.ToLower(value)]:
		return "", KindName
	}
	return value, ""
}

// buttonName checks a button's name, which may be the platform's: it says that the value is a handler's.
func buttonName(f *filter, value string) (string, Kind) {
	if hasPrefixFold(value, "q-") && len(value) <= maxName {
		return value, ""
	}
	return fieldName(f, value)
}

// placeName checks the id of a child, as in wire.Place.
func placeName(_ *filter, value string) (string, Kind) {
	if value == "" || len(value) > maxName {
		return "", KindAttribute
	}
	return value, ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func holdsPlaceholder(s string) bool {
	for {
		at := strings.IndexByte(s, ':')
		if at < 0 {
			return false
		}
		if start := at + 1 - len(placeholder); start >= 0 && strings.EqualFold(s[start:at+1], placeholder) {
			return true
		}
		s = s[at+1:]
	}
}
