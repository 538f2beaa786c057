package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed files are those of the contract.
func TestFilesAreTheContracts(t *testing.T) {
	root := filepath.Join("..", "..")
	for target, generate := range targets {
		want, err := generate(filepath.Join(root, source))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(root, target))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the contract gives: go run ./sdk/generate", target)
		}
	}
}

// A type that the codec does not know is told; so is a message that is none.
func TestCodecGenerator(t *testing.T) {
	for source, want := range map[string]string{
		"type A struct{ B chan int `json:\"b\"` }":           "type A: field B",
		"type A struct{ B uint8 `json:\"b\"` }":              "uint8 has no codec",
		"type A struct{ B int }":                             "no message",
		"type B struct{ A []int `json:\"a\"` }":              "no such type",
		"type A struct{ B A1 `json:\"b\"` }\ntype A1 func()": "has no codec",
	} {
		folder := t.TempDir()
		write(t, folder, source)
		c, err := read(folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.codec([]string{"A"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, wanted %s", source, err, want)
		}
	}
}

// What Go has and TypeScript has not is told, and what does not travel is left out.
func TestGenerator(t *testing.T) {
	for source, want := range map[string]string{
		"type A struct {\n// B is b.\nB *int `json:\"b,omitempty\"`\nC []string `json:\"c\"`\nD map[string]E `json:\"d\"`\n}\ntype E struct{ Data Blob `json:\"data,omitzero\"` }": "export interface A {\n  /** B is b. */\n  b?: number;\n  c: string[] | null;\n  d: Record<string, E> | null;\n}",
		"// K is k.\ntype K string\nconst (\nX K = \"x\"\nY K = \"y\"\n)":                                 "/** K is k. */\nexport type K =\n  | \"x\"\n  | \"y\";",
		"type A struct{ List []E `json:\"list\"` }\ntype E struct{ Data Blob `json:\"data,omitzero\"` }":  `A: ["list[].data"],`,
		"type M struct { E; N string `json:\"n\"` }\ntype E struct{ Data Blob `json:\"data,omitzero\"` }": "export interface M extends E {\n  n: string;\n}",
		"type Inner struct{ hidden int }\ntype F struct{}":                                                "export type F = Record<string, never>;",
	} {
		text := generated(t, source)
		if !strings.Contains(text, want) || strings.Contains(text, "Inner") {
			t.Errorf("%s\ngave\n%s\nwithout\n%s", source, text, want)
		}
	}
	folder := t.TempDir()
	write(t, folder, "type A struct{ B chan int `json:\"b\"` }")
	if _, err := Types(folder); err == nil || !strings.Contains(err.Error(), "type A: field B") {
		t.Errorf("a type without a counterpart: %v", err)
	}
	if _, err := Types(t.TempDir()); err == nil {
		t.Error("a folder without source is no contract")
	}
}

func generated(t *testing.T, source string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, source)
	text, err := Types(folder)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, folder, source string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "a.go"), []byte("package a\n"+source), 0o600); err != nil {
		t.Fatal(err)
	}
}
