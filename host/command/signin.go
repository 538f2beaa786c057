package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/quoin-lms/quoin/host/oidc"
)

// signIn are the other sites whose accounts people may sign in with, as TOML: a table for each site, by the name that stands
// in addresses. In the configuration file the tables are called [sign_in.NAME]; the flag and the variable hold the same
// without "sign_in.".
type signIn []oidc.Config

// otherSite is one table.
type otherSite struct {
	Title        string   `toml:"title"`
	Issuer       string   `toml:"issuer"`
	ClientID     string   `toml:"client_id"`
	ClientSecret string   `toml:"client_secret"`
	Scopes       []string `toml:"scopes"`
	Create       bool     `toml:"create_accounts"`
	LinkEmail    bool     `toml:"link_verified_email"`
	Private      bool     `toml:"private_addresses"`
}

// String implements flag.Value: names alone, since the rest is partly secret.
func (s *signIn) String() string {
	names := make([]string, len(*s))
	for i := range *s {
		names[i] = (*s)[i].Name
	}
	return strings.Join(names, ",")
}

// Set implements flag.Value.
func (s *signIn) Set(text string) error {
	var tables map[string]otherSite
	read, err := toml.Decode(text, &tables)
	if err != nil {
		return errSignIn // which would quote a secret
	}
	if unknown := read.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("there is no setting %q of a site to sign in with", unknown[0].String())
	}
	*s = nil
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		t := tables[name]
		config := oidc.Config{
			Name: name, Title: t.Title, Issuer: t.Issuer, ClientID: t.ClientID, ClientSecret: t.ClientSecret, Scopes: t.Scopes,
			Create: t.Create, LinkEmail: t.LinkEmail, Private: t.Private,
		}
		if err := config.Check(); err != nil {
			return err
		}
		*s = append(*s, config)
	}
	return nil
}

var errSignIn = fmt.Errorf(`write a table for each site, such as [google] with issuer = "https://accounts.google.com", client_id = "..." and client_secret = "..."`)
