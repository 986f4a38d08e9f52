using System;
using System.Collections.Generic;
using System.Linq;

namespace Stock
{
    public sealed class Store
    {
        private readonly Dictionary<string, Item> items = new Dictionary<string, Item>();

        public IEnumerable<Item> Items => items.Values.OrderBy(item => item.Number);

        public decimal Value => items.Values.Sum(item => item.Value);

        public void Add(Item item)
        {
            if (items.TryGetValue(item.Number, out Item known))
            {
                known.Put(item.Count);
                return;
            }
            items.Add(item.Number, item);
        }

        public Item Find(string number)
        {
            return items.TryGetValue(number, out Item item) ? item : null;
        }

        /// <summary>Takes all that an order asks for, or nothing.</summary>
        /// <exception cref="OutOfStock">One item is not there as often.</exception>
        public decimal Deliver(Order order)
        {
            foreach (OrderLine line in order.Lines)
            {
                Item item = Find(line.Number);
                int there = item == null ? 0 : item.Count;
                if (there < line.Count)
                {
                    throw new OutOfStock(line.Number, line.Count - there);
                }
            }
            decimal price = 0;
            foreach (OrderLine line in order.Lines)
            {
                Item item = Find(line.Number);
                item.Take(line.Count);
                price += item.Price * line.Count;
            }
            return price;
        }

        /// <summary>Returns what there are fewer of than the limit, the fewest first.</summary>
        public IReadOnlyList<Item> Short(int limit)
        {
            return items.Values
                .Where(item => item.Count < limit)
                .OrderBy(item => item.Count)
                .ThenBy(item => item.Number, StringComparer.Ordinal)
                .ToList();
        }
    }
}
