package sanitize

import (
	"net/url"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// lists are the policies as bluemonday has them. It sees tokens without name spaces, so its list is the union of the tables.
var lists = map[Policy]func() *bluemonday.Policy{
	Author: sync.OnceValue(func() *bluemonday.Policy { return newList(false) }),
	Block:  sync.OnceValue(func() *bluemonday.Policy { return newList(true) }),
}

func (f *filter) list() *bluemonday.Policy {
	if f.block {
		return lists[Block]()
	}
	return lists[Author]()
}

func newList(block bool) *bluemonday.Policy {
	list := bluemonday.NewPolicy()
	list.AllowDataAttributes()
	list.RequireParseableURLs(true)
	list.AllowRelativeURLs(true)
	list.AllowURLSchemes("http", "https", "mailto", "tel")
	list.AllowURLSchemeWithCustomPolicy("data", func(u *url.URL) bool { return rasterData.MatchString(u.String()) })
	if block {
		list.AllowURLSchemes("quoin")
	}
	global := names(globalAttributes, foreignAttributes, ariaAttributes)
	tables := []map[string]element{htmlElements, svgElements, mathElements}
	if block {
		tables = append(tables, blockElements)
	}
	for _, table := range tables {
		for name, attributes := range table {
			list.AllowElements(name)
			list.AllowNoAttrs().OnElements(name)
			if own := names(attributes); len(own) > 0 {
				list.AllowAttrs(own...).OnElements(name)
			}
		}
	}
	list.AllowAttrs(global...).Globally()
	return list
}

func names(sets ...element) []string {
	var all []string
	for _, attributes := range sets {
		for name := range attributes {
			all = append(all, name)
		}
	}
	return all
}
