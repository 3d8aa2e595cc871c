using WaitFor.Migrate.Lint;
using WaitFor.Migrate.Lint.Rules;

namespace WaitFor.Migrate.Tests.Lint;

/// <summary>What can be told of types and CHECKs by how PostgreSQL writes them.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData("CHECK ((age >= 0))", "CHECK ((age >= 0))", true)]
    [InlineData("CHECK ((age >= 0))", "CHECK ((age >= '-1'::integer))", true)]
    [InlineData("CHECK ((age > 0))", "CHECK ((age >= 0))", true)]
    [InlineData("CHECK ((age >= 0))", "CHECK ((age > 0))", false)]
    [InlineData("CHECK ((age >= 0))", "CHECK ((age >= 1))", false)]
    [InlineData("CHECK ((age >= 0))", "CHECK ((age <= 0))", false)]
    [InlineData("CHECK ((age >= 0))", "CHECK ((height >= 0))", false)]
    [InlineData("CHECK ((price > (0)::numeric))", "CHECK ((price >= '-0.5'::numeric))", true)]
    [InlineData("CHECK ((length(name) <= 50))", "CHECK ((length(name) <= 100))", true)]
    [InlineData("CHECK ((length(name) <= 50))", "CHECK ((length(name) <= 20))", false)]
    [InlineData("CHECK (((a >= 0) AND (a <= 9)))", "CHECK (((a >= 0) AND (a <= 10)))", true)]
    [InlineData("CHECK (((a >= 0) AND (a <= 9)))", "CHECK (((a >= 1) AND (a <= 10)))", false)]
    [InlineData("CHECK ((a > 0))", "CHECK (((a > 0) OR (b > 0)))", true)]
    [InlineData("CHECK ((a > 0))", "CHECK (((a > 0) AND (b > 0)))", false)]
    [InlineData("CHECK (((a > 0) OR (b > 0)))", "CHECK ((a > 0))", false)]
    [InlineData("CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))", "CHECK ((s = ANY (ARRAY['b'::text, 'a'::text, 'c'::text])))", true)]
    [InlineData("CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))", "CHECK ((s = ANY (ARRAY['a'::text, 'c'::text])))", false)]
    [InlineData("CHECK ((s = 'a'::text))", "CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))", true)]
    [InlineData("CHECK ((s = 'z'::text))", "CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))", false)]
    [InlineData("CHECK ((s = ANY (ARRAY['a'::text, 'b'::text])))", "CHECK ((s = 'a'::text))", false)]
    [InlineData("CHECK ((s <> 'a'::text))", "CHECK ((s <> 'b'::text))", false)]
    [InlineData(
        "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b, c'::character varying])::text[])))",
        "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b, c'::character varying, 'd'::character varying])::text[])))",
        true
    )]
    public void A_check_is_looser_only_where_that_is_certain(string old, string now, bool looser) =>
        Assert.Equal(looser, Expression.IsLooser(old, now));

    [Theory]
    [InlineData("character varying(20)", "character varying(40)", true)]
    [InlineData("character varying(20)", "character varying", true)]
    [InlineData("character varying(20)", "text", true)]
    [InlineData("text", "character varying", true)]
    [InlineData("character varying(20)", "character varying(10)", false)]
    [InlineData("text", "character varying(10)", false)]
    [InlineData("character varying(20)[]", "character varying(40)[]", false)]
    [InlineData("character(2)", "text", false)]
    [InlineData("numeric(10,2)", "numeric(12,2)", true)]
    [InlineData("numeric(10,2)", "numeric", true)]
    [InlineData("numeric(10,2)", "numeric(12,4)", false)]
    [InlineData("numeric", "numeric(12,4)", false)]
    [InlineData("timestamp(3) without time zone", "timestamp without time zone", true)]
    [InlineData("timestamp without time zone", "timestamp(3) without time zone", false)]
    [InlineData("timestamp without time zone", "timestamp with time zone", false)]
    [InlineData("time(0) with time zone", "time(3) with time zone", true)]
    [InlineData("interval(3)", "interval", true)]
    [InlineData("bit varying(4)", "bit varying(8)", true)]
    [InlineData("cidr", "inet", true)]
    [InlineData("inet", "cidr", false)]
    [InlineData("integer", "bigint", false)]
    [InlineData("json", "jsonb", false)]
    public void A_type_is_wider_where_each_value_keeps_its_form(string was, string now, bool wider) =>
        Assert.Equal(wider, Widening.Is(Of(was), Of(now), Catalog.Empty));

    private static Column Of(string type) => new(1, "a", type, 25, -1, NotNull: false, Default: null, ' ', ' ');
}
