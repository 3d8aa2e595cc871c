using System.Text;
using WaitFor.Migrate.Lint;

namespace WaitFor.Migrate.Tests.Lint;

public sealed class ShadowNameTests
{
    private static readonly DateTime Now = new(2026, 11, 30, 1, 2, 3, DateTimeKind.Utc);

    [Theory]
    [InlineData("shop", "shop_lint_202611300102_000000ff")]
    [InlineData("a-database-with-a-name-of-more-than-38-bytes", "a-database-with-a-name-of-more-than-_lint_202611300102_000000ff")]
    [InlineData("жжжжжжжжжжжжжжжжжжжж", "жжжжжжжжжжжжжжжжжж_lint_202611300102_000000ff")]
    public void A_name_has_63_bytes_at_most(string database, string name)
    {
        Assert.Equal(name, ShadowName.Of(database, Now, 255));
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 63);
        Assert.True(ShadowName.IsLeftOver(name, database, Now.AddHours(2)));
    }

    [Theory]
    [InlineData("shop_lint_202611300001_000000ff", true)]
    [InlineData("shop_lint_202611300003_000000ff", false)]
    [InlineData("shop_lint_202611309999_000000ff", false)]
    [InlineData("shop_lint_200001010000_000000f", false)]
    [InlineData("shop_lint_200001010000_000000fg", false)]
    [InlineData("shop_lint_200001010000_000000ff_x", false)]
    [InlineData("shop_lint_200001010000-000000ff", false)]
    [InlineData("shop2_lint_200001010000_000000ff", false)]
    [InlineData("shop_lint_", false)]
    [InlineData("shop", false)]
    public void What_is_older_than_an_hour_is_left_over(string name, bool isLeftOver) =>
        Assert.Equal(isLeftOver, ShadowName.IsLeftOver(name, "shop", Now));
}
