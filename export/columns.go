package export

import "strings"

// columnModel stands before the other attributes where a metric has it.
const columnModel = "model_name"

// keys numbers the attribute keys of a source; model_name is 0.
type keys struct {
	ids   map[string]int
	names []string
}

func newKeys() *keys {
	return &keys{ids: map[string]int{columnModel: 0}, names: []string{columnModel}}
}

func (k *keys) id(key string) int {
	id, ok := k.ids[key]
	if !ok {
		id, key = len(k.names), strings.Clone(key)
		k.ids[key] = id
		k.names = append(k.names, key)
	}
	return id
}

// columns are the attribute keys of one metric in the order in which they first appear, but for model_name, which is column
// 0 whether it appears or not.
type columns struct {
	ids   []int   // the key of each column
	index []int32 // the column of each key, 0 for none yet; column 0 needs no entry
	model bool    // some sample has a model_name
}

// of returns the column of a key.
func (c *columns) of(id int) int {
	if len(c.ids) == 0 {
		c.ids = append(c.ids, 0)
	}
	if id == 0 {
		c.model = true
		return 0
	}
	if id >= len(c.index) {
		c.index = append(c.index, make([]int32, id+1-len(c.index))...)
	}
	if c.index[id] == 0 {
		c.index[id] = int32(len(c.ids))
		c.ids = append(c.ids, id)
	}
	return int(c.index[id])
}

// len returns the number of columns, with column 0.
func (c *columns) len() int { return max(1, len(c.ids)) }

// names returns the names of the columns that have values.
func (c *columns) names(k *keys) []string {
	var names []string
	for i, id := range c.ids {
		if i > 0 || c.model {
			names = append(names, k.names[id])
		}
	}
	return names
}

// slots finds for each column of one sample the place of its attribute.
type slots struct {
	ids []int // the keys of the attributes
	at  []int // by column: 1 + the place of its attribute, 0 for none
}

// keys sets the keys of a sample's attributes.
func (sl *slots) keys(k *keys, s *sample) {
	sl.ids = sl.ids[:0]
	for _, a := range s.attrs {
		sl.ids = append(sl.ids, k.id(a.Key))
	}
}

// of returns the slots for the columns of a table, new ones included.
func (sl *slots) of(c *columns) []int {
	sl.at = append(sl.at[:0], make([]int, c.len())...)
	for i, id := range sl.ids {
		col := c.of(id)
		for col >= len(sl.at) {
			sl.at = append(sl.at, 0)
		}
		sl.at[col] = i + 1
	}
	return sl.at
}
