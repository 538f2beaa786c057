// Package layout stands for the folder runtime/: what loads blocks, sandboxes them and keeps their data. It holds no code. The
// packages below know no HTTP, no Redis and no block's name; RATIONALE.md says why things are as they are, and the test beside
// this file says who may import whom.
package layout
