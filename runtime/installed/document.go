package installed

import (
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/packages"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Block is one installed package.
type Block struct {
	Name string `bson:"name"`
	// Key is whose the name is: the publisher's of the first version, or the one that he rotated to. "" is nobody's yet: all
	// versions so far were unsigned.
	Key packages.Key `bson:"key,omitempty"`
	// Current is the digest of the version that serves.
	Current string `bson:"current"`
	// Versions are all that were ever current, in the order in which they came. Those that are not current serve open sittings
	// and submissions that were begun with them.
	Versions []Version `bson:"versions"`
	// Earlier are the digests that were current before, the last one last: the way back.
	Earlier []string `bson:"earlier,omitempty"`
	// Off says why an admin switched it off, "" while it is on.
	Off string `bson:"off,omitempty"`
	// Only says that the runs in Courses alone have it.
	Only    bool     `bson:"only,omitempty"`
	Courses []string `bson:"courses,omitempty"`
	// Outlined is the version by whose facts published courses were outlined last, as [Set.Outline] does.
	Outlined string `bson:"outlined,omitempty"`
	// Removed is when it was taken away; nil while it is there. The name stays its publisher's.
	Removed *time.Time `bson:"removed,omitempty"`
}

// Version is one version of an installed package, with what it was allowed.
type Version struct {
	// Digest names the package: the SHA-256 of its index.
	Digest  string `bson:"digest"`
	Version string `bson:"version"`
	// Archive is the SHA-256 of the archive, which is a file of the site; Size is its length in bytes.
	Archive string `bson:"archive"`
	Size    int64  `bson:"size"`
	Engine  string `bson:"engine"`
	Source  string `bson:"source"`
	ABI     int    `bson:"abi"`
	// Types are the block types that it serves.
	Types []string `bson:"types"`
	// Budgets and Permissions are what it may use.
	Budgets     Budgets      `bson:"budgets"`
	Permissions []Permission `bson:"permissions,omitempty"`
	// Key signed it, "" for nobody.
	Key packages.Key `bson:"key,omitempty"`
	// By is the user who allowed it, "" for the command line on the server.
	By string    `bson:"by,omitempty"`
	At time.Time `bson:"at"`
}

// Budgets bound what a block may use; 0 is the engine's default.
type Budgets struct {
	MemoryMB int   `bson:"memory_mb,omitempty" json:"memory_mb,omitempty"`
	Fuel     int64 `bson:"fuel,omitempty" json:"fuel,omitempty"`
}

// Permission is one thing that a block may do, with its author's reason.
type Permission struct {
	Name   string   `bson:"name" json:"name"`
	Reason string   `bson:"reason" json:"reason"`
	Values []string `bson:"values,omitempty" json:"values,omitempty"`
}

// Revoked is a publisher's key that this site believes no more.
type Revoked struct {
	Key    packages.Key `bson:"key"`
	Reason string       `bson:"reason"`
	By     string       `bson:"by,omitempty"`
	At     time.Time    `bson:"at"`
}

// document is the site's set of blocks.
type document struct {
	Blocks  []Block   `bson:"blocks,omitempty"` // by name
	Revoked []Revoked `bson:"revoked,omitempty"`
}

// theSet is the id of the one document.
const theSet = "set"

// Bounds of one block's history: older versions are forgotten, and what is pinned to them moves to the current one.
const (
	versionsKept = 30
	earlierKept  = 20
)

func setSpec() store.Spec { return store.Spec{Name: "block_set"} }

// Specs lists the collections of this package.
func Specs() []store.Spec { return []store.Spec{setSpec(), stagedSpec()} }

// find gives a block by its name, nil when there is none.
func (d *document) find(name string) *Block {
	i := slices.IndexFunc(d.Blocks, func(b Block) bool { return b.Name == name })
	if i < 0 {
		return nil
	}
	return &d.Blocks[i]
}

// add makes room for a new block, in the order of names.
func (d *document) add(b Block) *Block {
	i, _ := slices.BinarySearchFunc(d.Blocks, b.Name, func(b Block, name string) int {
		if b.Name < name {
			return -1
		}
		if b.Name > name {
			return 1
		}
		return 0
	})
	d.Blocks = slices.Insert(d.Blocks, i, b)
	return &d.Blocks[i]
}

// revoked gives why a key is believed no more, nil while it is.
func (d *document) revoked(key packages.Key) *Revoked {
	if key == "" {
		return nil
	}
	i := slices.IndexFunc(d.Revoked, func(r Revoked) bool { return r.Key.Same(key) })
	if i < 0 {
		return nil
	}
	return &d.Revoked[i]
}

// Version gives a version by its digest, nil when it is not kept.
func (b *Block) Version(digest string) *Version {
	i := slices.IndexFunc(b.Versions, func(v Version) bool { return v.Digest == digest })
	if i < 0 {
		return nil
	}
	return &b.Versions[i]
}

// Now is the current version.
func (b *Block) Now() *Version { return b.Version(b.Current) }

// Back is the version that a roll-back makes current, nil when there is none.
func (b *Block) Back() *Version {
	for i := len(b.Earlier) - 1; i >= 0; i-- {
		if v := b.Version(b.Earlier[i]); v != nil && b.Earlier[i] != b.Current {
			return v
		}
	}
	return nil
}

// turn makes a version current and remembers the one before.
func (b *Block) turn(v Version) {
	if b.Version(v.Digest) == nil {
		b.Versions = append(b.Versions, v)
	} else {
		*b.Version(v.Digest) = v
	}
	if b.Current != "" && b.Current != v.Digest {
		b.Earlier = append(slices.DeleteFunc(b.Earlier, func(d string) bool { return d == b.Current }), b.Current)
	}
	b.Earlier = slices.DeleteFunc(b.Earlier, func(d string) bool { return d == v.Digest })
	b.Current, b.Removed = v.Digest, nil
	b.Earlier = b.Earlier[max(0, len(b.Earlier)-earlierKept):]
	for len(b.Versions) > versionsKept {
		oldest := slices.IndexFunc(b.Versions, func(o Version) bool { return o.Digest != b.Current })
		b.Versions = slices.Delete(b.Versions, oldest, oldest+1)
	}
}

// versionOf describes a package as the set keeps it.
func versionOf(p *packages.Package, key packages.Key) Version {
	m := &p.Manifest
	v := Version{
		Digest: p.Digest, Version: m.Version, Size: p.Size, Engine: m.Engine, Source: m.Source, ABI: m.ABI, Key: key,
		Budgets: Budgets{MemoryMB: m.Limits.MemoryMB, Fuel: m.Limits.Fuel}, Permissions: permissionsOf(m),
	}
	for _, t := range m.Types {
		v.Types = append(v.Types, t.Name)
	}
	return v
}

func permissionsOf(m *manifest.Manifest) []Permission {
	var list []Permission
	for _, p := range m.Permissions {
		list = append(list, Permission(p))
	}
	return list
}
