// Rules of the house that the linter does not have.

const noExponent = {
  create: (context) => {
    const check = (node) => {
      if (node.operator === '**' || node.operator === '**=')
        context.report({ node, message: 'Engines differ in the bits of **: multiply instead.' })
    }
    return { BinaryExpression: check, AssignmentExpression: check }
  },
}

const noClass = {
  create: (context) => {
    const check = (node) =>
      context.report({ node, message: 'No classes here: records of functions.' })
    return { ClassDeclaration: check, ClassExpression: check }
  },
}

export default {
  meta: { name: 'house' },
  rules: { 'no-exponent': noExponent, 'no-class': noClass },
}
