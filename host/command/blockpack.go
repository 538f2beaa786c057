package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/packages"
)

// blockPack compiles one source folder into the archive that it travels as.
func blockPack(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block pack")
	out := set.String("out", "", "`file` to write; NAME-VERSION"+packages.Extension+" here when empty")
	cache := set.String("cache", "", "`folder` that keeps compiled code between runs; the user's cache folder when empty")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	packed, err := kernel.PackBlock(ctx, *cache, words[0])
	if err != nil {
		return err
	}
	if *out == "" {
		*out = packed.FileName()
	}
	if err := writeWhole(*out, packed.Data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(p.Out, "%s: %s %s, %d files, %.1f MB\n  digest %s\n", *out, packed.Index.Name, packed.Index.Version, len(packed.Index.Files),
		float64(len(packed.Data))/1e6, packed.Digest)
	if packed.Index.Platform != "" {
		fmt.Fprintf(p.Out, "  a process for %s: a site takes it by the command line on its server alone, since it can read all that the server can\n",
			packed.Index.Platform)
	}
	fmt.Fprintf(p.Out, "  nobody signed it yet: quoin block sign %s --key KEY\n", *out)
	return nil
}

// writeWhole writes a file whole or not at all.
func writeWhole(path string, data []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	for _, step := range []func() error{func() error { return file.Chmod(mode) }, file.Sync, file.Close} {
		if failed := step(); err == nil {
			err = failed
		}
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what went wrong before matters more
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// blockVerify opens an archive as a site would and says what it is and who signed it.
func blockVerify(ctx context.Context, p *Parts, args []string) error {
	set := newFlags(p, "block verify")
	by := set.String("publisher", "", "public `key`, or a file with one, that must have signed it")
	words, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage
	}
	opened, err := packages.OpenFile(ctx, words[0], "")
	if err != nil {
		return err
	}
	defer opened.Close()
	signed, err := opened.Publisher()
	if err != nil {
		return err
	}
	x := opened.Index
	fmt.Fprintf(p.Out, "%s %s: engine %s, made of %s, %d files, %.1f MB\n  digest %s\n", x.Name, x.Version, x.Engine, x.Source, len(x.Files),
		float64(opened.Unpacked)/1e6, opened.Digest)
	if signed.Key == "" {
		fmt.Fprintln(p.Out, "  nobody signed it")
	} else {
		fmt.Fprintf(p.Out, "  signed by %s\n", signed.Key)
	}
	for _, r := range signed.Rotations {
		fmt.Fprintf(p.Out, "  whose earlier key was %s\n", r.From)
	}
	if *by == "" {
		return nil
	}
	wanted, err := readKey(*by)
	if err != nil {
		return err
	}
	if !wanted.Same(signed.Key) {
		fmt.Fprintf(p.Out, "  that is not %s\n", wanted)
		return errFailed
	}
	return nil
}

// readKey reads a public key as it stands, or from a file.
func readKey(word string) (packages.Key, error) {
	if strings.HasPrefix(word, "RW") {
		return packages.ParseKey(word)
	}
	text, err := os.ReadFile(word)
	if err != nil {
		return "", err
	}
	key, err := packages.ParseKey(string(text))
	if err != nil {
		return "", fmt.Errorf("%s: %w", word, err)
	}
	return key, nil
}
