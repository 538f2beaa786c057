package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/quoin-lms/quoin/runtime/store"
)

// wordDoc is one beginning by which somebody is found among a run's people: a word of the name, the user name or a part of it,
// the address. The id is (run, word, pseudonym), so that a search is a range of ids.
type wordDoc struct {
	User      string `bson:"user"`
	Run       string `bson:"run"`
	Pseudonym string `bson:"pseudonym"`
}

const (
	// maxWords are the words of one person, maxWord a word's length in bytes.
	maxWords = 12
	maxWord  = 200
	// wordEnd stands behind a word, below every character that a word may have.
	wordEnd = "\x00"
	// maxFound bounds the people that one search looks at.
	maxFound = 1000
)

func wordPrefix(run, beginning string) string { return store.ID(run) + beginning }

func wordID(run, word, pseudonym string) string {
	return wordPrefix(run, word) + wordEnd + pseudonym
}

// wordsOf lists the words of an account, the longest cut.
func wordsOf(user *User) []string {
	words := strings.Fields(fold(user.Name))
	if username := fold(user.Username); username != "" {
		words = append(words, username)
		words = append(words, strings.FieldsFunc(username, separator)...)
	}
	if user.Email != "" {
		words = append(words, fold(user.Email))
	}
	for i := range words {
		words[i] = cutWord(words[i])
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}

func cutWord(word string) string {
	word = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, word)
	if len(word) > maxWord {
		word = strings.ToValidUTF8(word[:maxWord], "")
	}
	return word
}

// putWords makes an account findable in a run. Words of somebody who is no member there find nobody.
func (p *People) putWords(ctx context.Context, user *User, run, pseudonym string) error {
	docs := make([]store.Doc[wordDoc], 0, maxWords)
	for _, word := range wordsOf(user) {
		docs = append(docs, store.Doc[wordDoc]{ID: wordID(run, word, pseudonym), Body: wordDoc{user.ID, run, pseudonym}})
	}
	_, err := p.words.InsertMany(ctx, docs)
	return err
}

// findable makes an account findable in a run where it is not yet, before the run knows of it.
func (p *People) findable(ctx context.Context, user *User, run, pseudonym string) error {
	doc, err := p.members.Get(ctx, memberID(run, pseudonym))
	if err == nil && doc.Body.NameKey != "" {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return p.putWords(ctx, user, run, pseudonym)
}

// relist brings lists and words up to date with an account's name, user name and address: unlisted says since when they are
// not.
func (p *People) relist(ctx context.Context, id string) error {
	doc, err := p.users.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Erasing != nil {
		return nil // erasing takes the words away
	}
	if err != nil {
		return err
	}
	user := doc.Body.user(id)
	wanted := map[string]bool{}
	err = p.members.Each(ctx, store.Query{Index: "user", Equal: []any{id}, Limit: 1000}, func(member store.Doc[memberDoc]) error {
		for _, word := range wordsOf(&user) {
			wanted[wordID(member.Body.Run, word, member.Body.Pseudonym)] = true
		}
		if err := p.putWords(ctx, &user, member.Body.Run, member.Body.Pseudonym); err != nil {
			return err
		}
		_, err := p.members.Update(ctx, member.ID, func(d *memberDoc) (bool, error) {
			if d.User == "" || d.NameKey == nameKey(&user) {
				return false, nil
			}
			d.NameKey = nameKey(&user)
			d.index()
			return true, nil
		})
		return err
	})
	if err != nil {
		return err
	}
	err = p.dropWords(ctx, id, func(word string) bool { return !wanted[word] })
	if err != nil {
		return err
	}
	_, err = p.users.Update(ctx, id, func(d *userDoc) (bool, error) {
		if d.Unlisted == nil || doc.Body.Unlisted == nil || !d.Unlisted.Equal(*doc.Body.Unlisted) {
			return false, nil // changed again meanwhile
		}
		d.Unlisted = nil
		return true, nil
	})
	return err
}

// dropWords takes words of an account away.
func (p *People) dropWords(ctx context.Context, user string, which func(id string) bool) error {
	return p.words.Each(ctx, store.Query{Index: "user", Equal: []any{user}, Limit: 1000}, func(doc store.Doc[wordDoc]) error {
		if !which(doc.ID) {
			return nil
		}
		if err := p.words.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}

// Relist finishes what a crash left between an account's change and the lists that it stands in, and returns how many
// accounts there were; a job for the sweeper.
func (p *People) Relist(ctx context.Context) (int, error) {
	relisted := 0
	err := p.users.Each(ctx, store.Query{Index: "unlisted", Limit: 1000}, func(doc store.Doc[userDoc]) error {
		relisted++
		return p.relist(ctx, doc.ID)
	})
	if err != nil {
		return relisted, fmt.Errorf("relisting people: %w", err)
	}
	return relisted, nil
}

// Find searches a listing's people: every word of the text begins a word of the name, the user name or the address. It gives
// at most limit people in the listing's order, and whether there are or may be more; a text without letters finds nobody.
func (p *People) Find(ctx context.Context, run, text string, l Listing, limit int) (found []Person, more bool, err error) {
	wanted := strings.Fields(fold(text))
	longest := ""
	for i, word := range wanted {
		wanted[i] = cutWord(word)
		if len(wanted[i]) > len(longest) {
			longest = wanted[i]
		}
	}
	if longest == "" {
		return nil, false, nil
	}
	ids, more, err := p.withWord(ctx, run, longest)
	if err != nil {
		return nil, false, fmt.Errorf("searching people: %w", err)
	}
	docs, err := p.members.GetMany(ctx, ids)
	if err != nil {
		return nil, false, fmt.Errorf("searching people: %w", err)
	}
	var members []Member
	for _, id := range ids {
		doc, there := docs[id]
		if !there {
			continue
		}
		if m := doc.Body.member(); m.User != "" && l.fits(&m) {
			members = append(members, m)
		}
	}
	persons, err := p.persons(ctx, members)
	if err != nil {
		return nil, false, fmt.Errorf("searching people: %w", err)
	}
	persons = slices.DeleteFunc(persons, func(person Person) bool { return !begins(wordsOf(&person.Account), wanted) })
	sortPersons(persons, &l)
	if len(persons) > limit {
		return persons[:limit], true, nil
	}
	return persons, more, nil
}

// withWord lists the members' ids that a beginning leads to, once each.
func (p *People) withWord(ctx context.Context, run, beginning string) (ids []string, more bool, err error) {
	seen := map[string]bool{}
	query := store.Query{Prefix: wordPrefix(run, beginning), Limit: 1000}
	for len(ids) < maxFound {
		docs, next, err := p.words.Find(ctx, query)
		if err != nil {
			return nil, false, err
		}
		for i := range docs {
			if pseudonym := docs[i].Body.Pseudonym; !seen[pseudonym] {
				seen[pseudonym] = true
				ids = append(ids, memberID(run, pseudonym))
			}
		}
		if query.After = next; next == "" {
			return ids, false, nil
		}
	}
	return ids, true, nil
}

// begins reports whether each of the wanted beginnings begins one of the words.
func begins(words, wanted []string) bool {
	for _, w := range wanted {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) }) {
			return false
		}
	}
	return true
}
