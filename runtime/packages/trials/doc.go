// Package trials runs a block's trials (sdk/blocktest/suite) through the engines that a site would use, from its source
// folder and without any language's own test runner. What it finds is written for the block's developer.
package trials
