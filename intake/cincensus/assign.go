package cincensus

import "math"

// impossible is the cost of a pair that may not be made.
const impossible = 1 << 50

// assign chooses one column for each row of a square matrix of costs so that the sum is
// the least: the Hungarian method, O(n³). Of several best choices it makes the same one
// every time. It is called for the few episodes of one child that compete with each other.
func assign(cost [][]int) (columns []int) {
	n := len(cost)
	h := &hungarian{
		cost: cost, rowOf: make([]int, n+1),
		rowPotential: make([]int, n+1), columnPotential: make([]int, n+1),
	}
	for row := 1; row <= n; row++ {
		h.place(row)
	}
	columns = make([]int, n)
	for j := 1; j <= n; j++ {
		columns[h.rowOf[j]-1] = j - 1
	}
	return columns
}

// hungarian is the state of the method. Rows and columns count from 1: 0 stands for none.
type hungarian struct {
	cost                          [][]int
	rowPotential, columnPotential []int
	rowOf                         []int // the row that each column has, so far
}

// place finds a column for one more row along the cheapest path of exchanges.
func (h *hungarian) place(row int) {
	n := len(h.rowOf)
	before, least, visited := make([]int, n), make([]int, n), make([]bool, n)
	for j := range least {
		least[j] = math.MaxInt
	}
	h.rowOf[0] = row
	column := 0
	for h.rowOf[column] != 0 {
		visited[column] = true
		column = h.step(column, before, least, visited)
	}
	for column != 0 {
		h.rowOf[column] = h.rowOf[before[column]]
		column = before[column]
	}
}

// step reaches the next nearest column and moves the potentials up to it.
func (h *hungarian) step(column int, before, least []int, visited []bool) (next int) {
	row, delta := h.rowOf[column], math.MaxInt
	for j := 1; j < len(visited); j++ {
		if visited[j] {
			continue
		}
		if reduced := h.cost[row-1][j-1] - h.rowPotential[row] - h.columnPotential[j]; reduced < least[j] {
			least[j], before[j] = reduced, column
		}
		if least[j] < delta {
			delta, next = least[j], j
		}
	}
	for j := range visited {
		if visited[j] {
			h.rowPotential[h.rowOf[j]] += delta
			h.columnPotential[j] -= delta
		} else {
			least[j] -= delta
		}
	}
	return next
}
