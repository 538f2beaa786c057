// Package transfer brings archives in and takes courses out while nobody has to wait: each is a document that says how far it is,
// and workers do what it says. A job only names the document, and may be lost, late or there twice; a sweep finds what nobody works
// on. So a transfer survives a restart, and whoever left its page finds it again.
package transfer
