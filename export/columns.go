package export

import "strings"

// columnModel stands before the other attributes where a metric has it.
const columnModel = "model_name"

// Keys that have numbers of their own: those past maxKeys, and those that a table has no column for any more, share keyOther.
const (
	keyModel = iota
	keyOther
)

// maxKeys bounds how many keys a source may have columns for, over all its metrics.
const maxKeys = 1 << 16

// keys numbers the attribute keys of a source.
type keys struct {
	ids   map[string]int
	names []string
}

func newKeys() *keys {
	return &keys{
		ids:   map[string]int{columnModel: keyModel, otherAttributes: keyOther},
		names: []string{keyModel: columnModel, keyOther: otherAttributes},
	}
}

func (k *keys) id(key string) int {
	id, ok := k.ids[key]
	if !ok {
		if len(k.names) == maxKeys {
			return keyOther
		}
		id, key = len(k.names), strings.Clone(key)
		k.ids[key] = id
		k.names = append(k.names, key)
	}
	return id
}

// columns are the attribute keys of one metric in the order in which they first appear, but for model_name, which is column
// 0 whether it appears or not. Those past maxDynamicColumns are together in the column other_attributes, and so is an
// attribute of that name.
type columns struct {
	ids   []int   // the key of each column
	index []int32 // the column of each key, 0 for none yet; column 0 needs no entry
	model bool    // some sample has a model_name
}

// of returns the column of a key.
func (c *columns) of(id int) int {
	if len(c.ids) == 0 {
		c.ids = append(c.ids, keyModel)
	}
	if id == keyModel {
		c.model = true
		return 0
	}
	if id >= len(c.index) {
		c.index = append(c.index, make([]int32, id+1-len(c.index))...)
	}
	if c.index[id] == 0 {
		if id != keyOther && len(c.ids) > maxDynamicColumns {
			return c.of(keyOther)
		}
		c.index[id] = int32(len(c.ids))
		c.ids = append(c.ids, id)
	}
	return int(c.index[id])
}

// other returns the column other_attributes, 0 for none.
func (c *columns) other() int {
	if keyOther < len(c.index) {
		return int(c.index[keyOther])
	}
	return 0
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
	ids  []int  // the keys of the attributes
	at   []int  // by column: 1 + the place of its attribute, 0 for none; other_attributes is behind the attributes
	rest []byte // the value of other_attributes, empty for none
}

// keys sets the keys of a sample's attributes.
func (sl *slots) keys(k *keys, s *sample) {
	sl.ids = sl.ids[:0]
	for _, a := range s.attrs {
		sl.ids = append(sl.ids, k.id(a.Key))
	}
}

// of returns the slots for the columns of a table, new ones included.
func (sl *slots) of(c *columns, s *sample) []int {
	sl.at = append(sl.at[:0], make([]int, c.len())...)
	sl.rest = sl.rest[:0]
	for i, id := range sl.ids {
		col := c.of(id)
		for col >= len(sl.at) {
			sl.at = append(sl.at, 0)
		}
		sl.at[col] = i + 1
		if col > 0 && col == c.other() {
			sl.at[col] = len(sl.ids) + 1
			sl.rest = appendOther(sl.rest, "", s.attrs[i].Key, 0, s.attrs[i].Value)
		}
	}
	if len(sl.rest) > 0 {
		sl.rest = append(sl.rest, '}')
	}
	return sl.at
}

// cells are the values of a sample's attributes as a format has them, one behind the other.
type cells struct {
	bytes []byte
	ends  []int
}

// cut leaves the first n of them.
func (c *cells) cut(n int) {
	c.ends = c.ends[:n]
	c.bytes = c.bytes[:c.begin(n)]
}

func (c *cells) begin(i int) int {
	if i == 0 {
		return 0
	}
	return c.ends[i-1]
}

// add makes what has been appended to bytes a cell.
func (c *cells) add(bytes []byte) {
	c.bytes = bytes
	c.ends = append(c.ends, len(bytes))
}

// of returns the cell of a slot that is not 0.
func (c *cells) of(at int) []byte { return c.bytes[c.begin(at-1):c.ends[at-1]] }
