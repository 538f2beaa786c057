package installed

import "context"

// SetForTest puts a block as it stood before.
func (s *Set) SetForTest(ctx context.Context, b Block) error {
	_, err := s.alter(ctx, b.Name, func(_ *document, now *Block) error {
		*now = b
		return nil
	})
	return err
}
