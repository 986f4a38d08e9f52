using System;
using System.Linq;

namespace Stock.Tests
{
    public static class StoreTests
    {
        public static void Main()
        {
            AnOrderIsDeliveredWholeOrNotAtAll();
            LinesOfOneNumberAreOne();
            WhatIsShortComesFirst();
            OrdersAreRead();
            AReportEndsWithAll();
        }

        private static Store Filled()
        {
            var store = new Store();
            store.Add(new Item("A1", "bolts", 0.5m, 100));
            store.Add(new Item("B2", "nuts", 0.25m, 10));
            store.Add(new Item("B2", "nuts", 0.25m, 10));
            return store;
        }

        private static void AnOrderIsDeliveredWholeOrNotAtAll()
        {
            Store store = Filled();
            Check.Same(10m, store.Deliver(new Order().With("A1", 10).With("B2", 20)));
            Check.Same(0, store.Find("B2").Count);
            Order more = new Order().With("A1", 1).With("B2", 5);
            Check.Same(5, Check.Throws<OutOfStock>(() => store.Deliver(more)).Missing);
            Check.Same(90, store.Find("A1").Count);
            Order unknown = new Order().With("C3", 2);
            Check.Same(2, Check.Throws<OutOfStock>(() => store.Deliver(unknown)).Missing);
        }

        private static void LinesOfOneNumberAreOne()
        {
            Check.Same("A1 x 5", new Order().With("A1", 2).With("A1", 3).ToString());
        }

        private static void WhatIsShortComesFirst()
        {
            Store store = Filled();
            store.Add(new Item("A0", "pins", 1m, 20));
            Check.Same("A0 B2", string.Join(" ", store.Short(50).Select(item => item.Number)));
            Check.Same(0, store.Short(20).Count);
        }

        private static void OrdersAreRead()
        {
            Check.Same("A1 x 3, B2 x 1", Order.Parse("A1 x 3,B2 x 1").ToString());
            Check.Throws<FormatException>(() => Order.Parse("A1 x 3, many"));
        }

        private static void AReportEndsWithAll()
        {
            string[] lines = Report.Write(Filled()).TrimEnd().Split('\n');
            Check.Same("all                                55.00", lines.Last());
            Check.Same("100 bolts                          50.00", lines.First());
        }
    }
}
