using FsCheck;
using FsCheck.Fluent;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

public sealed class MigrationVersionTests
{
    [Theory]
    [InlineData("1", "1.1")]
    [InlineData("1.1", "1.2")]
    [InlineData("1.2", "1.10")]
    [InlineData("1.10", "2")]
    [InlineData("1.9", "1.10")]
    [InlineData("0", "0.0.1")]
    [InlineData("0", "1")]
    [InlineData("1", "1.0.1")]
    [InlineData("1.0.9", "1.1")]
    [InlineData("9", "20260101120000")]
    [InlineData("20251231235959", "20260101120000")]
    [InlineData("20260101120000", "20260101120000.1")]
    [InlineData("9223372036854775807", "9223372036854775808")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    [InlineData("1.2", "1.123456789012345678901234567890")]
    [InlineData("08", "9")]
    [InlineData("2", "010")]
    [InlineData("1_2", "1.3")]
    public void Each_is_below_the_next(string low, string high)
    {
        var (a, b) = (Parse(low), Parse(high));

        Assert.True(a < b && b > a && a <= b && b >= a && a != b && !(a == b) && !(a >= b) && !(b <= a));
        Assert.False(a.Equals(b));
    }

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1", "1.0.0.0")]
    [InlineData("1", "01")]
    [InlineData("1", "0001.00")]
    [InlineData("1.2", "1_2")]
    [InlineData("1.2", "01.02")]
    [InlineData("0", "0.0")]
    [InlineData("0", "000")]
    [InlineData("1.0.1", "1.00.01")]
    [InlineData("10", "10.0")]
    public void These_are_the_same(string one, string other)
    {
        var (a, b) = (Parse(one), Parse(other));

        Assert.True(a == b && a <= b && a >= b && !(a < b) && !(a > b) && !(a != b));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.Equal(0, a.CompareTo(b));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("1__2")]
    [InlineData("1._2")]
    [InlineData("_1")]
    [InlineData("a")]
    [InlineData("1a")]
    [InlineData("1.a")]
    [InlineData("1-2")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("1,2")]
    [InlineData("1.2.")]
    [InlineData("٣")]
    [InlineData("²")]
    [InlineData("latest")]
    public void These_are_none(string text) => Assert.Null(MigrationVersion.Parse(text));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1_2_3", "1.2.3")]
    [InlineData("1.0", "1.0")]
    [InlineData("001.020", "001.020")]
    public void The_text_is_what_the_history_has(string text, string stored)
    {
        Assert.Equal(stored, Parse(text).Text);
        Assert.Equal(stored, Parse(text).ToString());
    }

    [Fact]
    public void Nothing_is_below_any_version()
    {
        Assert.Equal(1, Parse("0").CompareTo(null));
        Assert.False(Parse("0").Equals(null));
        Assert.False(Parse("0") == null);
        Assert.True((MigrationVersion?)null == null);
        Assert.False(Parse("0").Equals("0"));
    }

    [Fact]
    public void The_order_is_that_of_the_numbers()
    {
        var numbers = Gen.Choose(0, 12).NonEmptyListOf().Select(parts => parts.ToArray());

        Prop.ForAll(numbers.Two().ToArbitrary(), both =>
            {
                var (a, b) = (Parse(string.Join('.', both.Item1)), Parse(string.Join('_', both.Item2)));
                var length = Math.Max(both.Item1.Length, both.Item2.Length);
                var expected = Enumerable
                    .Range(0, length)
                    .Select(index => both.Item1.ElementAtOrDefault(index).CompareTo(both.Item2.ElementAtOrDefault(index)))
                    .FirstOrDefault(order => order != 0);
                return Math.Sign(a.CompareTo(b)) == expected
                    && a.Equals(b) == (expected == 0)
                    && (expected != 0 || a.GetHashCode() == b.GetHashCode());
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static MigrationVersion Parse(string text) =>
        MigrationVersion.Parse(text) ?? throw new InvalidOperationException($"\"{text}\" is no version");
}
