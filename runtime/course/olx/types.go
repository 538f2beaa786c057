package olx

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// children says what the child elements of a type are.
type children uint8

const (
	marked  children = iota // those that an exporter marked are blocks: the rule for types that nobody knows
	every                   // all are blocks
	private                 // none is
)

// kind is what is known of a type before it is installed.
type kind struct {
	children children
	// own are child elements that are not blocks though the others are.
	own []string
	// legacy says that the type follows pointers and filename attributes, as Open edX's older types do. Of others a pointer
	// without a file is an empty block.
	legacy bool
}

var kinds = map[string]kind{
	"course":          {children: every, own: []string{"wiki", "textbook", "license"}, legacy: true},
	"chapter":         {children: every, legacy: true},
	"sequential":      {children: every, legacy: true},
	"vertical":        {children: every, legacy: true},
	"library_content": {children: every, legacy: true},
	"itembank":        {children: every},
	"split_test":      {children: every, legacy: true},
	"conditional":     {children: every, own: []string{"show"}, legacy: true},
	"randomize":       {children: every, legacy: true},
	"problemset":      {children: every, legacy: true},
	"videosequence":   {children: every, legacy: true},
	"wrapper":         {children: every, legacy: true},
	"acid_parent":     {children: every},
	"problem-builder": {children: every},
	"step-builder":    {children: every},
	"mentoring":       {children: every},
	"sb-step":         {children: every},
	"sb-review-step":  {children: every},
	"pb-mcq":          {children: every},
	"pb-mrq":          {children: every},
	"pb-rating":       {children: every},
	"pb-table":        {children: every},
	"pb-column":       {children: every},
	"pb-answer":       {children: every},
	"pb-slider":       {children: every},
	"pb-completion":   {children: every},
	"html":            {children: private, legacy: true},
	"problem":         {children: private, legacy: true},
	"video":           {children: private, legacy: true},
	"discussion":      {children: private, legacy: true},
	"lti":             {children: private, legacy: true},
	"annotatable":     {children: private, legacy: true},
	"word_cloud":      {children: private, legacy: true},
	"poll_question":   {children: private, legacy: true},
	"customtag":       {children: private, legacy: true},
	"textannotation":  {children: private, legacy: true},
	"videoannotation": {children: private, legacy: true},
	"imageannotation": {children: private, legacy: true},
	"combinedopenended": {
		children: private, legacy: true,
	},
	"peergrading":       {children: private, legacy: true},
	"static_tab":        {children: private, legacy: true},
	"lti_consumer":      {children: private},
	"openassessment":    {children: private},
	"drag-and-drop-v2":  {children: private},
	"poll":              {children: private},
	"survey":            {children: private},
	"edx_sga":           {children: private},
	"staffgradedxblock": {children: private},
	"done":              {children: private},
	"scorm":             {children: private},
	"recommender":       {children: private},
	"ubcpi":             {children: private},
	"google-document":   {children: private},
	"google-calendar":   {children: private},
	"freetextresponse":  {children: private},
	"h5pxblock":         {children: private},
	"pdf":               {children: private},
}

const (
	familyAttr   = "xblock-family"
	familyBlock  = "xblock.v1"
	familyAside  = "xblock_asides.v1"
	optionSpace  = "http://code.edx.org/xblock/option"
	optionPrefix = "option"
	urlName      = "url_name"
)

// kindOf gives what is known of a type, the caller's word first.
func (r *reader) kindOf(blockType string) (k kind, known bool) {
	k, known = kinds[blockType]
	if r.options.HasChildren != nil {
		if has, sure := r.options.HasChildren(blockType); sure {
			known = true
			if k.children = private; has {
				k.children = every
			}
		}
	}
	return k, known
}

// role says what a child element of a type is: a block, an aside or private.
type role uint8

const (
	rolePrivate role = iota
	roleBlock
	roleAside
)

func (k kind) role(child *intake.XMLNode, scope *scope) role {
	family, _ := child.Attr(familyAttr)
	switch {
	case family == familyAside:
		return roleAside
	case child.Name == "meta" || slices.Contains(k.own, child.Name) || scope.option(child):
		return rolePrivate
	case k.children == every:
		return roleBlock
	case k.children == private:
		return rolePrivate
	}
	_, named := child.Attr(urlName)
	if named || family == familyBlock {
		return roleBlock
	}
	return rolePrivate
}

// scope is the namespace declarations in force at an element, outermost first.
type scope struct {
	outer *scope
	attrs []intake.XMLAttr
}

// enter adds an element's own declarations.
func (s *scope) enter(node *intake.XMLNode) *scope {
	var own []intake.XMLAttr
	for _, attr := range node.Attrs {
		if namespaceAttr(attr.Name) {
			own = append(own, attr)
		}
	}
	if own == nil {
		return s
	}
	return &scope{outer: s, attrs: own}
}

func namespaceAttr(name string) bool { return name == "xmlns" || strings.HasPrefix(name, "xmlns:") }

// option says whether an element is a field written as an element, by its namespace or, undeclared, by its usual prefix.
func (s *scope) option(node *intake.XMLNode) bool {
	prefix, _, found := strings.Cut(node.Name, ":")
	if !found {
		prefix = ""
	}
	name := "xmlns"
	if prefix != "" {
		name = "xmlns:" + prefix
	}
	if space, ok := node.Attr(name); ok {
		return space == optionSpace
	}
	for at := s; at != nil; at = at.outer {
		for _, attr := range at.attrs {
			if attr.Name == name {
				return attr.Value == optionSpace
			}
		}
	}
	return prefix == optionPrefix
}
