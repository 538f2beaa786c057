package trials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/blocktest/story"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// StoriesFolder is where a block's folder has its stories.
const StoriesFolder = "testdata/stories"

// Scene is what a story begins with: the block that its people meet, before any of them does something.
type Scene struct {
	// Name is the file's without its ending, Says the story's first remark.
	Name, Says string
	// Fields are what the author has set, Settings what holds for the block's place.
	Fields, Settings wire.Fields
	// OLX is the element that the block is read from, nil where it has Fields.
	OLX []byte
	// Problem says why the story has no scene; the rest is empty then.
	Problem string
}

// Scenes reads how the stories of a block's folder begin, in the order of their names. A folder without stories has none.
// blockType chooses those of one type, which stand in a folder of its name; "" those beside such folders.
func Scenes(folder, blockType string) ([]Scene, error) {
	names, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(StoriesFolder), blockType, "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("reading stories: %w", err)
	}
	var scenes []Scene
	for _, name := range slices.Sorted(slices.Values(names)) {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away in between
		}
		if err != nil {
			return nil, fmt.Errorf("reading stories: %w", err)
		}
		scenes = append(scenes, sceneOf(strings.TrimSuffix(filepath.Base(name), ".txtar"), data))
	}
	return scenes, nil
}

func sceneOf(name string, data []byte) Scene {
	parsed, err := story.Parse(name+".txtar", data)
	if err != nil {
		return Scene{Name: name, Problem: err.Error()}
	}
	scene := Scene{Name: name, Says: firstRemark(parsed.Archive.Comment)}
	for _, line := range parsed.Lines {
		_, rest, _ := strings.Cut(line.Text, " ")
		text := []byte(strings.TrimSpace(rest))
		if file, named := strings.CutPrefix(string(text), "@"); named {
			text, _ = parsed.Archive.File(file)
		}
		into := map[string]*wire.Fields{"content": &scene.Fields, "settings": &scene.Settings}[line.Command]
		switch {
		case into != nil:
			var fields wire.Fields
			if err := json.Unmarshal(text, &fields); err != nil {
				return Scene{Name: name, Problem: fmt.Sprintf("line %d: %v", line.Number, err)}
			}
			if *into == nil {
				*into = wire.Fields{}
			}
			maps.Copy(*into, fields)
		case line.Command == "olx":
			scene.OLX = text
		case !slices.Contains([]string{"as", "person", "now", "seed", "file", "children", "record", "secret", "unraced", "outside"}, line.Command):
			return scene // what follows is the story itself
		}
	}
	return scene
}

func firstRemark(comment []byte) string {
	for line := range strings.Lines(string(comment)) {
		if remark, is := strings.CutPrefix(strings.TrimSpace(line), "#"); is {
			return strings.TrimSpace(remark)
		}
	}
	return ""
}
