using WaitFor.CommandLine;

namespace WaitFor.Tests.CommandLine;

/// <summary>The forms of apimachinery's labels.Parse.</summary>
public sealed class SelectorSyntaxTests
{
    [Theory]
    [InlineData("app=db")]
    [InlineData("app==db")]
    [InlineData("app!=db")]
    [InlineData("app")]
    [InlineData("!app")]
    [InlineData("! app , tier")]
    [InlineData("app=")]
    [InlineData("app=,tier=db")]
    [InlineData("app.kubernetes.io/name=db,tier!=cache")]
    [InlineData("env in (prod, staging),app notin (a,b)")]
    [InlineData("env in (,prod)")]
    [InlineData("env in ()")]
    [InlineData("n>5,m < 7")]
    [InlineData("in in (in)")]
    public void Is_a_selector(string selector) => Assert.Null(SelectorSyntax.Problem(selector));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("  ", "it is empty")]
    [InlineData("app=db,", "a label key is missing at its end")]
    [InlineData(",app", "a label key is expected instead of \",\"")]
    [InlineData("=db", "a label key is expected instead of \"=\"")]
    [InlineData("app=db tier=x", "a comma is expected before \"tier\"")]
    [InlineData("app db", "\"db\" is not an operator (=, ==, !=, in, notin, >, <)")]
    [InlineData("app=a b", "a comma is expected before \"b\"")]
    [InlineData("!app=db", "after \"!app\" a comma or the end is expected, not \"=\"")]
    [InlineData("env in (a", "a closing parenthesis is missing")]
    [InlineData("env in (a b)", "a comma or a closing parenthesis is expected before \"b\"")]
    [InlineData("env in a", "\"in\" needs values in parentheses, such as \"env in (prod, staging)\"")]
    [InlineData("n > x", "\"n >\" needs a whole number, not \"x\"")]
    [InlineData("-a=b", "\"-a\" is not a label key (letters, digits, '-', '_' and '.', at most 63)")]
    [InlineData(
        "UP_/a=b",
        "the prefix of the label key \"UP_/a\": a name consists of lower case letters, digits, '-' and '.', and begins and ends with a "
            + "letter or digit"
    )]
    [InlineData("a=b/c", "\"b/c\" is not a label value (letters, digits, '-', '_' and '.', at most 63)")]
    public void Is_none_and_the_reason_is_told(string selector, string problem) => Assert.Equal(problem, SelectorSyntax.Problem(selector));
}
