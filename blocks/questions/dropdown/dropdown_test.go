package dropdown

import (
	"encoding/json"
	"testing"
)

// Which entry is the right one shows nowhere in what learners' views are made of.
func TestTheRightEntryIsHidden(t *testing.T) {
	prepare := func(right, others string) (string, Secret) {
		prepared := kind{}.Prepare(&Fields{Lists: []List{{ID: "a", Label: "?", Right: right, Others: others}}, Order: "sorted"})
		text, err := json.Marshal(prepared.Public)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), prepared.Secret
	}
	first, one := prepare("Canberra", "Sydney\nPerth")
	second, two := prepare("Perth", "Canberra\nSydney")
	if first != second {
		t.Errorf("the views are made of\n%s\n%s", first, second)
	}
	if one.Lists[0].ID == two.Lists[0].ID {
		t.Error("another entry is right, and the key is the same")
	}
}
