using System;

namespace Stock
{
    /// <summary>One kind of goods, and how many of it are there.</summary>
    public sealed class Item
    {
        public Item(string number, string name, decimal price, int count)
        {
            if (count < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(count));
            }
            Number = number;
            Name = name;
            Price = price;
            Count = count;
        }

        public string Number { get; }

        public string Name { get; }

        public decimal Price { get; }

        public int Count { get; private set; }

        public decimal Value => Price * Count;

        /// <summary>Takes some away; there must be as many.</summary>
        public void Take(int count)
        {
            if (count > Count)
            {
                throw new OutOfStock(Name, count - Count);
            }
            Count -= count;
        }

        public void Put(int count)
        {
            Count += count;
        }
    }

    public sealed class OutOfStock : Exception
    {
        public OutOfStock(string name, int missing)
            : base(missing + " of " + name + " are missing")
        {
            Missing = missing;
        }

        public int Missing { get; }
    }
}
